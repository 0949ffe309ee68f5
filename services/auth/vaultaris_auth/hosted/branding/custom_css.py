"""A tenant's own CSS, cut down to what can only change looks.

What is allowed is listed; everything else is left out. Nothing that stays can load anything, read what is typed,
say something by itself, or end a ``<style>`` element. ``docs/hosted-pages.md`` tells tenants the rules, and
:mod:`vaultaris_auth.hosted.branding.theme` keeps it away from what is protected.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import tinycss2
from tinycss2.ast import AtRule, Declaration, ParseError, QualifiedRule

from vaultaris_auth.hosted.branding.css_allowed import (
    ENDLESS,
    FUNCTIONS,
    LENGTH_LIMITS,
    LITERALS,
    MAX_LENGTH,
    MEDIA_TOKENS,
    NEGATIVE,
    ONLY_NONE,
    PROPERTIES,
    PSEUDO_CLASSES,
    PSEUDO_ELEMENTS,
    SELECTOR_FUNCTIONS,
    SELECTOR_LITERALS,
    VALUE_TOKENS,
    VARIABLE_PREFIX,
    WITH_STRINGS,
)

MAX_CHARS = 32 * 1024
_MAX_RULES = 500
_MAX_DEPTH = 8
_MAX_NESTING = 2
_ENDS_STYLE = "</"
"""Pages of others may put the safe part into a ``<style>`` element (``hosted-config``), which ends at ``</style``."""

Token = Any
"""A node of tinycss2, whose attributes go by its ``type``."""


@dataclass(slots=True)
class SafeCss:
    """What was kept, and the lines of what was left out, with the reason."""

    text: str = ""
    dropped: list[tuple[int, str]] = field(default_factory=list)


class _Refused(Exception):
    """Why a piece can't stay."""


def make_safe(source: str) -> SafeCss:
    """Parses ``source`` (at most 32 KiB, or all of it is left out) and writes anew what is allowed."""
    if len(source) > MAX_CHARS:
        return SafeCss(dropped=[(1, f"longer than {MAX_CHARS} characters")])
    safe = SafeCss()
    rules = tinycss2.parse_stylesheet(source, skip_comments=True, skip_whitespace=True)
    safe.text = "\n".join(_rules(rules[:_MAX_RULES], safe, nesting=0))
    safe.dropped += [(rule.source_line, f"more than {_MAX_RULES} rules") for rule in rules[_MAX_RULES : _MAX_RULES + 1]]
    return safe


def _rules(rules: Iterable[Token], safe: SafeCss, *, nesting: int) -> Iterator[str]:
    for rule in rules:
        try:
            written = _rule(rule, safe, nesting)
        except _Refused as refused:
            safe.dropped.append((rule.source_line, str(refused)))
        else:
            if written:
                yield written


def _rule(rule: Token, safe: SafeCss, nesting: int) -> str:
    if isinstance(rule, QualifiedRule):
        _check_depth(rule.prelude)
        _check_selector(rule.prelude)
        body = "; ".join(_declarations(rule.content, safe))
        return f"{tinycss2.serialize(rule.prelude).strip()} {{ {body} }}" if body else ""
    if isinstance(rule, AtRule) and rule.lower_at_keyword == "media" and rule.content is not None:
        return _media(rule, safe, nesting)
    raise _Refused(f"@{rule.lower_at_keyword} is not allowed" if isinstance(rule, AtRule) else "not well-formed")


def _media(rule: AtRule, safe: SafeCss, nesting: int) -> str:
    if nesting >= _MAX_NESTING:
        raise _Refused("nested too deeply")
    _check_depth(rule.prelude)
    for token in _all(rule.prelude):
        if token.type not in MEDIA_TOKENS:
            raise _Refused(f"{token.type} is not allowed in a media query")
    if _ENDS_STYLE in tinycss2.serialize(rule.prelude):
        raise _Refused(f"{_ENDS_STYLE} is not allowed in a media query")
    inner = tinycss2.parse_rule_list(rule.content or [], skip_comments=True, skip_whitespace=True)
    body = "\n".join(_rules(inner[:_MAX_RULES], safe, nesting=nesting + 1))
    return f"@media {tinycss2.serialize(rule.prelude).strip()} {{\n{body}\n}}" if body else ""


def _declarations(content: Sequence[Token], safe: SafeCss) -> Iterator[str]:
    for each in tinycss2.parse_blocks_contents(content, skip_comments=True, skip_whitespace=True):
        try:
            yield _declaration(each)
        except _Refused as refused:
            safe.dropped.append((each.source_line, str(refused)))


def _declaration(each: Token) -> str:
    if not isinstance(each, Declaration):
        raise _Refused("not well-formed" if isinstance(each, ParseError) else "nested rules are not allowed")
    name = each.lower_name
    if name not in PROPERTIES and not each.name.startswith(VARIABLE_PREFIX):
        raise _Refused(f"the property {name[:40]} is not allowed")
    _check_depth(each.value)
    for token in _all(each.value):
        _check_value(token, name)
    value = tinycss2.serialize(each.value).strip()
    if name in ONLY_NONE and value.lower() != "none":
        raise _Refused(f"{name} takes nothing but none")
    # `!important` is left out: what must stay visible is protected by it
    written = each.name if each.name.startswith("--") else name
    return f"{written}: {value}"


def _check_value(token: Token, name: str) -> None:
    check = _CHECKS.get(token.type)
    if check is not None:
        check(token, name)
    elif token.type not in VALUE_TOKENS:
        raise _Refused(f"{token.type} is not allowed")


def _check_function(token: Token, _name: str) -> None:
    if token.lower_name not in FUNCTIONS:
        raise _Refused(f"the function {token.lower_name[:40]}() is not allowed")
    if token.lower_name == "var":
        _check_variable(token.arguments)


def _check_variable(arguments: Sequence[Token]) -> None:
    first = next((token for token in arguments if token.type != "whitespace"), None)
    if first is None or first.type != "ident" or not first.value.startswith(VARIABLE_PREFIX):
        raise _Refused(f"var() takes names that begin with {VARIABLE_PREFIX}")


def _check_literal(token: Token, _name: str) -> None:
    if token.value not in LITERALS:
        raise _Refused(f"{token.value!r} is not allowed")


def _check_string(token: Token, name: str) -> None:
    if name not in WITH_STRINGS:
        raise _Refused("text in quotes is for font-family only")
    if _ENDS_STYLE in token.value:
        raise _Refused(f"{_ENDS_STYLE} is not allowed")


def _check_word(token: Token, _name: str) -> None:
    if token.lower_value in ENDLESS:
        raise _Refused(f"{token.lower_value} is not allowed")


def _check_number(token: Token, name: str) -> None:
    if token.value < 0 and name not in NEGATIVE:
        raise _Refused(f"{name} takes no negative values")
    if abs(token.value) > LENGTH_LIMITS.get(name, MAX_LENGTH):
        raise _Refused(f"the value of {name} is too large")


_CHECKS: Final[dict[str, Callable[[Token, str], None]]] = {
    "function": _check_function,
    "literal": _check_literal,
    "string": _check_string,
    "ident": _check_word,
    "dimension": _check_number,
    "number": _check_number,
    "percentage": _check_number,
}
"""By the type of a token; what has none of its own is in VALUE_TOKENS or not allowed."""


def _check_selector(prelude: Sequence[Token]) -> None:
    """Types, classes, ids, combinators and harmless pseudo-classes; no attributes, so nothing typed can be tested."""
    colons = 0
    for token in prelude:
        if colons:
            colons = _check_pseudo(token, colons)
        elif token.type == "literal":
            if token.value not in SELECTOR_LITERALS:
                raise _Refused(f"{token.value!r} is not allowed in a selector")
            colons = int(token.value == ":")
        elif token.type not in ("ident", "hash", "whitespace"):
            raise _Refused(f"{token.type} is not allowed in a selector")
    if colons:
        raise _Refused("the selector ends with a colon")


def _check_pseudo(token: Token, colons: int) -> int:
    """Judges what follows a colon; returns how many colons are open."""
    if token.type == "literal" and token.value == ":" and colons == 1:
        return 2
    if token.type == "ident" and token.lower_value in (PSEUDO_CLASSES if colons == 1 else PSEUDO_ELEMENTS):
        return 0
    if token.type == "function" and colons == 1 and token.lower_name in SELECTOR_FUNCTIONS:
        _check_selector(token.arguments)
        return 0
    raise _Refused("a pseudo-class or pseudo-element that is not allowed")


def _children(token: Token) -> Sequence[Token]:
    found: Sequence[Token] | None = getattr(token, "arguments", None) or getattr(token, "content", None)
    return found or ()


def _all(tokens: Sequence[Token]) -> Iterator[Token]:
    """Every token, those inside brackets and functions too. For depths that were checked."""
    for token in tokens:
        yield token
        yield from _all(_children(token))


def _check_depth(tokens: Sequence[Token]) -> None:
    """Goes down level by level, so that depth costs no recursion."""
    level = list(tokens)
    for _ in range(_MAX_DEPTH):
        level = [child for token in level for child in _children(token)]
        if not level:
            return
    raise _Refused("nested too deeply")
