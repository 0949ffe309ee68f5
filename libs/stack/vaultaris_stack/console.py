"""The log of a stack on a terminal: one line a line, the process's name in a colour, JSON made short."""

import json
import os
import re
import sys
from datetime import datetime
from http import HTTPStatus
from typing import Any, TextIO

_WIDTH = 10
_COLOURS = (36, 35, 34, 33, 32, 96, 95, 94, 93, 92)
_DIM = 2
_LEVELS = {"warning": 33, "error": 31, "critical": 31}
_SHOWN_ELSEWHERE = frozenset({"event", "level", "timestamp", "service", "logger", "exception"})
_REQUEST = frozenset({"method", "path", "status", "duration_ms"})
# An address in a request must not be able to steer the terminal of whoever reads the log.
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f-\x9f]")


class Console:
    """Writes log lines for people; without colours where the output is not a terminal."""

    def __init__(self, output: TextIO, *, colours: bool) -> None:
        self._output = output
        self._colours = colours
        self._colour_of: dict[str, int] = {}
        self._lost = False

    def line(self, name: str, text: str) -> None:
        """One line of a process. When nobody reads any more, it is dropped: the log file has it too."""
        if self._lost:
            return
        colour = self._colour_of.setdefault(name, _COLOURS[len(self._colour_of) % len(_COLOURS)])
        try:
            self._output.write(f"{self._paint(name.ljust(_WIDTH), colour)} {self._render(text)}\n")
            self._output.flush()
        except OSError:
            self._lost = True
            self._give_up_output()

    def _give_up_output(self) -> None:
        """What is still buffered goes nowhere, or the interpreter would complain of it at its end."""
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, self._output.fileno())
        os.close(nowhere)

    def _render(self, text: str) -> str:
        try:
            record = json.loads(text)
        except ValueError:
            record = None
        if not isinstance(record, dict):
            return _clean(text)
        if record.keys() >= _REQUEST:
            return self._render_request(record)
        return self._render_record(record) if "event" in record else _clean(text)

    def _render_request(self, record: dict[str, Any]) -> str:
        """A line of the gateway's access log."""
        status = record["status"]
        failed = isinstance(status, int) and status >= HTTPStatus.INTERNAL_SERVER_ERROR
        request = self._paint(
            _clean(f"{status} {record['method']} {record['path']}"), _LEVELS["error"] if failed else 0
        )
        facts = _clean(f"{record['duration_ms']} ms {record.get('upstream', '')} {record.get('client', '')}")
        return f"{_clock(record.get('time'))} {request} {self._paint(facts, _DIM)}"

    def _render_record(self, record: dict[str, Any]) -> str:
        level = str(record.get("level", "")).lower()
        facts = " ".join(f"{name}={_short(value)}" for name, value in record.items() if name not in _SHOWN_ELSEWHERE)
        event = self._paint(_clean(str(record["event"])), _LEVELS.get(level, 0))
        first = " ".join(part for part in (_clock(record.get("timestamp")), event, self._paint(facts, _DIM)) if part)
        return "\n".join((first, *(f"    {_clean(line)}" for line in str(record.get("exception", "")).splitlines())))

    def _paint(self, text: str, colour: int) -> str:
        return f"\x1b[{colour}m{text}\x1b[0m" if self._colours and colour and text else text


def terminal_console(environ_no_color: bool) -> Console:
    """A console on standard output, coloured on a terminal unless the user said NO_COLOR."""
    return Console(sys.stdout, colours=sys.stdout.isatty() and not environ_no_color)


def _short(value: object) -> str:
    if isinstance(value, str):
        return _clean(value) if value and " " not in value else json.dumps(_clean(value), ensure_ascii=False)
    return _clean(json.dumps(value, ensure_ascii=False, separators=(",", ":")))


def _clock(timestamp: object) -> str:
    """The local time of day of an ISO 8601 time."""
    try:
        return f"{datetime.fromisoformat(str(timestamp)).astimezone():%H:%M:%S}"
    except ValueError:
        return ""


def _clean(text: str) -> str:
    return _CONTROL.sub(lambda match: f"\\x{ord(match[0]):02x}", text)
