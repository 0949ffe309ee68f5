"""Puts the story on the terminal: chapters, and each call as a curl line with its answer. Secrets are shortened."""

import json
import shlex
from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import parse_qsl

import httpx
from rich.console import Console
from rich.highlighter import JSONHighlighter
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table
from rich.text import Text

SECRETS = frozenset(
    {"password", "admin_password", "client_secret", "token", "access_token", "refresh_token", "id_token"}
)
_LEFT_OUT = "⋯"
_ITEMS = 2
_LEGIBLE = 8
_GOOD = 300


class Teller:
    """Writes to one console. What is told must have happened: it is given finished calls only."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self._chapters = 0

    def chapter(self, title: str, text: str) -> None:
        self._chapters += 1
        self.console.print()
        self.console.rule(Text.assemble((f"{self._chapters} ", "bold cyan"), (title, "bold")), align="left")
        self.say(text)

    def say(self, text: str) -> None:
        self.console.print(f"  {text}", soft_wrap=True)

    def proven(self, claim: str) -> None:
        """A claim of the story that the answers bore out."""
        self.console.print(Text.assemble(("  ✓ ", "bold green"), claim), soft_wrap=True)

    def call(self, response: httpx.Response, show: Sequence[str]) -> None:
        """The request as a curl line, then status, time and body; objects in it cut to the members in ``show``."""
        self.console.print()
        for number, line in enumerate(curl(response.request)):
            self.console.print(Text(("  $ " if number == 0 else "      ") + line, "cyan"), soft_wrap=True)
        style = "green" if response.status_code < _GOOD else "yellow"
        status = f"  {response.status_code} {response.reason_phrase}"
        took = f"  ({response.elapsed.total_seconds() * 1000:.0f} ms)"
        self.console.print(Text.assemble((status, f"bold {style}"), (took, "dim")), soft_wrap=True)
        if response.content and response.headers.get("content-type", "").startswith("application/json"):
            self.console.print(JSONHighlighter()(Text(f"  {excerpt(response.json(), show)}")), soft_wrap=True)

    def table(self, columns: Iterable[str], rows: Iterable[Sequence[str]]) -> None:
        table = Table(*columns, box=None, padding=(0, 2), header_style="dim")
        for row in rows:
            table.add_row(*row)
        self.console.print()
        self.console.print(table)

    def progress(self) -> Progress:
        """A bar for what is too much to tell call by call."""
        columns = (TextColumn("  {task.description}"), BarColumn(), MofNCompleteColumn())
        return Progress(*columns, console=self.console)


def curl(request: httpx.Request) -> list[str]:
    """The request as the lines of one curl command, to be copied once the secrets are put back in."""
    method = "" if request.method == "GET" else f"-X {request.method} "
    words = [f"curl {method}{shlex.quote(str(request.url))}"]
    if credential := request.headers.get("authorization"):
        scheme, _, token = credential.partition(" ")
        words.append(f"-H {_quoted(f'Authorization: {scheme} {shortened(token)}')}")
    if request.headers.get("content-type") == "application/json":
        words.append("-H 'Content-Type: application/json'")
        words.append(f"-d {_quoted(_text(_redacted(json.loads(request.content))))}")
    elif request.content:
        form = _redacted(dict(parse_qsl(request.content.decode())))
        words.append(" ".join(f"-d {_quoted(f'{name}={value}')}" for name, value in form.items()))
    return [f"{word} \\" for word in words[:-1]] + words[-1:]


def excerpt(body: Any, show: Sequence[str]) -> str:
    """The body as JSON on one line: secrets shortened, objects cut to the members in ``show`` (empty: all)."""
    if isinstance(body, dict) and "data" in body:
        kept = {name: value for name, value in body.items() if name in ("success", "meta")}
        body = kept | {"data": _cut(body["data"], show)}
    else:
        body = _cut(body, show)
    left_out = json.dumps(_LEFT_OUT, ensure_ascii=False)
    return _text(_redacted(body)).replace(f"{left_out}: {left_out}", _LEFT_OUT).replace(left_out, _LEFT_OUT)


def shortened(secret: str) -> str:
    """Enough to recognise it, too little to use it."""
    return f"{secret[:_LEGIBLE]}…" if len(secret) > 4 * _LEGIBLE else "…"


def _cut(value: Any, show: Sequence[str]) -> Any:
    if isinstance(value, list):
        more = [_LEFT_OUT] if len(value) > _ITEMS else []
        return [_cut(item, show) for item in value[:_ITEMS]] + more
    if not isinstance(value, dict) or not show:
        return value
    kept = {name: _cut(value[name], show) for name in show if name in value}
    return kept if len(kept) == len(value) else kept | {_LEFT_OUT: _LEFT_OUT}


def _redacted(value: Any) -> Any:
    if isinstance(value, list):
        return [_redacted(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {
        name: shortened(inner) if name in SECRETS and isinstance(inner, str) else _redacted(inner)
        for name, inner in value.items()
    }


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _quoted(word: str) -> str:
    return word if word.isascii() and shlex.quote(word) == word else "'" + word.replace("'", "'\\''") + "'"
