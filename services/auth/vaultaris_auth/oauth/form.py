"""Reading url-encoded forms as RFC 6749 section 3.2 wants them."""

from urllib.parse import parse_qsl

from fastapi import Request

from vaultaris_auth.oauth.errors import InvalidRequest

_MEDIA_TYPE = "application/x-www-form-urlencoded"
_MAX_FIELDS = 100

Form = dict[str, str]


async def read_form(request: Request) -> Form:
    """The parameters of the request's body. Raises :class:`InvalidRequest`."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != _MEDIA_TYPE:
        raise InvalidRequest(f"The body must be {_MEDIA_TYPE}.")
    return parse_form(await request.body())


def parse_form(body: bytes) -> Form:
    """Parameters by name; one without a value counts as not sent, one sent twice is refused."""
    try:
        pairs = parse_qsl(body.decode("ascii"), keep_blank_values=True, max_num_fields=_MAX_FIELDS, errors="strict")
    except ValueError as fault:
        raise InvalidRequest("The form is malformed.") from fault
    form = dict(pairs)
    if len(form) != len(pairs):
        raise InvalidRequest("A parameter appears more than once.")
    if any("\x00" in name or "\x00" in value for name, value in pairs):
        raise InvalidRequest("NUL characters are not allowed.")
    return {name: value for name, value in form.items() if value}


def required(form: Form, name: str) -> str:
    """The parameter. Raises :class:`InvalidRequest` when it was not sent."""
    value = form.get(name)
    if value is None:
        raise InvalidRequest(f"The parameter {name} is required.")
    return value
