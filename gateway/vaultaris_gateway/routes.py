"""From the endpoint table to the fewest rules that send every path to its owner.

The table is read as a tree of path segments. Where everything below a segment belongs to one service,
the whole subtree becomes one rule; where owners mix, each path is its own rule. Fixed segments come
before parameters. The method plays no part: a wrong one reaches the owner, who answers 405.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache

from vaultaris_kit import surface

EXTENSIONS = (
    ("/access/v1/{*rest}", "policy"),
    ("/consent/{*rest}", "auth"),
    ("/hosted/{*rest}", "auth"),
)
"""Trees of pages and protocol extensions that belong to one service as a whole."""

_PARAMETER = "{}"
_SEGMENT = "[^/]+"


@dataclass(frozen=True, slots=True)
class Rule:
    """Sends the path of ``segments`` (``{}`` = any one segment) to ``owner``; with ``subtree`` all below it too."""

    segments: tuple[str, ...]
    owner: str
    subtree: bool

    @property
    def literal(self) -> str | None:
        """The path itself when it holds no parameter."""
        return None if _PARAMETER in self.segments else "/" + "/".join(self.segments)

    @property
    def pattern(self) -> str:
        """RE2 and Python pattern of the whole path."""
        return path_pattern(self.segments) + ("(?:/.*)?" if self.subtree else "")


@dataclass(slots=True)
class _Node:
    owner: str | None = None
    has_tail: bool = False
    children: dict[str, "_Node"] = field(default_factory=dict)

    def owners(self) -> set[str]:
        below = {owner for child in self.children.values() for owner in child.owners()}
        return below | ({self.owner} if self.owner else set())


def segments_of(template: str) -> tuple[str, ...]:
    """``/a/{id}/{*rest}`` as ``("a", "{}")``: parameters lose their names, a tail is cut off."""
    parts = (part for part in template.strip("/").split("/") if not part.startswith("{*"))
    return tuple(_PARAMETER if part.startswith("{") else part for part in parts)


def path_pattern(segments: Iterable[str]) -> str:
    """RE2 and Python pattern of one path, without anchors."""
    return "".join("/" + (_SEGMENT if part == _PARAMETER else part.replace(".", "[.]")) for part in segments)


def _tree() -> _Node:
    root = _Node()
    for template, owner in [(row.path, row.service) for row in surface.rows()] + list(EXTENSIONS):
        node = root
        for part in segments_of(template):
            node = node.children.setdefault(part, _Node())
        if node.owner not in (None, owner):
            raise ValueError(f"{template} has two owners: {node.owner} and {owner}")
        node.owner = owner
        node.has_tail |= "{*" in template
    return root


def _walk(node: _Node, at: tuple[str, ...]) -> Iterator[Rule]:
    owners = node.owners()
    if at and len(owners) == 1:
        yield Rule(at, owners.pop(), subtree=bool(node.children) or node.has_tail)
        return
    if node.owner:
        yield Rule(at, node.owner, subtree=False)
    for part, child in sorted(node.children.items(), key=lambda item: (item[0] == _PARAMETER, item[0])):
        yield from _walk(child, (*at, part))


@cache
def rules() -> tuple[Rule, ...]:
    """All rules, first match wins."""
    return tuple(_walk(_tree(), ()))


def owner_of(path: str) -> str | None:
    """The service that serves ``path`` (no query), or None when the path is not part of the surface."""
    return next((rule.owner for rule in rules() if re.fullmatch(rule.pattern, path)), None)
