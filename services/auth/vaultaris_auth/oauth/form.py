"""Reading url-encoded forms as RFC 6749 section 3.2 wants them."""

from collections import Counter
from urllib.parse import parse_qsl

from fastapi import Request

from vaultaris_auth.oauth.errors import InvalidRequest, InvalidTarget

_MEDIA_TYPE = "application/x-www-form-urlencoded"
_MAX_FIELDS = 100
_TARGETS = {"resource", "audience"}
"""May be named more than once by their RFCs (8707 section 2, 8693 section 2.1); here a token is for one alone."""

Form = dict[str, str]


async def read_form(request: Request) -> Form:
    """The parameters of the request's body. Raises :class:`InvalidRequest`, :class:`InvalidTarget`."""
    return _all_once(*await read_body(request))


def parse_form(body: bytes) -> Form:
    """Parameters by name. Raises :class:`InvalidRequest`, :class:`InvalidTarget`."""
    return _all_once(*parse_pairs(body))


def _all_once(form: Form, repeated: frozenset[str]) -> Form:
    if repeated and repeated <= _TARGETS:
        raise InvalidTarget("Name one resource or audience.")
    if repeated:
        raise InvalidRequest("A parameter appears more than once.")
    return form


def has_form(request: Request) -> bool:
    """Whether the request's body is said to be url-encoded."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower() == _MEDIA_TYPE


async def read_body(request: Request) -> tuple[Form, frozenset[str]]:
    """The parameters of the request's body, as :func:`parse_pairs` gives them."""
    if not has_form(request):
        raise InvalidRequest(f"The body must be {_MEDIA_TYPE}.")
    return parse_pairs(await request.body())


def parse_pairs(body: bytes) -> tuple[Form, frozenset[str]]:
    """Parameters by name, and the names of those that came more than once, which the former lacks.

    One without a value counts as not sent. Raises :class:`InvalidRequest`.
    """
    try:
        pairs = parse_qsl(body.decode("ascii"), keep_blank_values=True, max_num_fields=_MAX_FIELDS, errors="strict")
    except ValueError as fault:
        raise InvalidRequest("The form is malformed.") from fault
    if any("\x00" in name or "\x00" in value for name, value in pairs):
        raise InvalidRequest("NUL characters are not allowed.")
    repeated = frozenset(name for name, times in Counter(name for name, _ in pairs).items() if times > 1)
    return {name: value for name, value in pairs if value and name not in repeated}, repeated


def required(form: Form, name: str) -> str:
    """The parameter. Raises :class:`InvalidRequest` when it was not sent."""
    value = form.get(name)
    if value is None:
        raise InvalidRequest(f"The parameter {name} is required.")
    return value
