"""Which redirect addresses may be registered (RFC 6749 section 3.1.2, RFC 8252 section 7, RFC 9700 section 4.1)."""

import re
from collections.abc import Iterable
from typing import Final
from urllib.parse import urlsplit

MAX_CHARS: Final = 2000
_LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})
_LOOPBACK_LITERALS: Final = frozenset({"127.0.0.1", "::1"})
_UNSAFE_SCHEMES: Final = frozenset(
    {
        "javascript",
        "data",
        "vbscript",
        "file",
        "about",
        "blob",
        "filesystem",
        "view-source",
        "ws",
        "wss",
        "ftp",
        "mailto",
    }
)
_PRINTABLE = re.compile(r"[\x21-\x7e]+")


def problem_of(uri: str) -> str | None:
    """Why ``uri`` can't be registered; None when it can.

    Good are absolute addresses without fragment: https, http on a loopback host, or an application's own scheme.
    """
    if len(uri) > MAX_CHARS or _PRINTABLE.fullmatch(uri) is None or "\\" in uri:
        return "Must be a printable ASCII address without spaces, of at most 2000 characters."
    try:
        parts = urlsplit(uri)
        host, _port = parts.hostname, parts.port
    except ValueError:
        return "Is not a well-formed address."
    if not parts.scheme:
        return "Must be absolute."
    if "#" in uri:
        return "Must not hold a fragment."
    if parts.scheme in ("http", "https"):
        return _problem_of_web(parts.scheme, host, parts.netloc)
    return "This scheme is not allowed." if parts.scheme in _UNSAFE_SCHEMES else None


def _problem_of_web(scheme: str, host: str | None, netloc: str) -> str | None:
    if not host:
        return "Must name a host."
    if "@" in netloc or "*" in netloc:
        return "Must not hold user information or wildcards in its host."
    if scheme == "http" and host not in _LOOPBACK:
        return "Plain http is allowed on a loopback host only."
    return None


def is_registered(uri: str, registered: Iterable[str]) -> bool:
    """Whether ``uri`` is one of those, character by character but for the port of a loopback address
    (RFC 9700 section 2.1, RFC 8252 section 7.3).
    """
    return any(uri == each or _same_but_port(uri, each) for each in registered)


def _same_but_port(uri: str, registered: str) -> bool:
    return _without_port(uri) is not None and _without_port(uri) == _without_port(registered)


def _without_port(uri: str) -> str | None:
    """An http address on a loopback IP literal, with its port left out; None for every other address."""
    try:
        parts = urlsplit(uri)
        host, port = parts.hostname, parts.port
    except ValueError:
        return None
    if parts.scheme != "http" or host not in _LOOPBACK_LITERALS or "@" in parts.netloc or "#" in uri:
        return None
    literal = f"[{host}]" if ":" in host else host
    exact = {f"http://{literal}{part}{uri.partition(parts.netloc)[2]}" for part in ("", f":{port}")}
    return f"http://{literal}{uri.partition(parts.netloc)[2]}" if uri in exact else None
