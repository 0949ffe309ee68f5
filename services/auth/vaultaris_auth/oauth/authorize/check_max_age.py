"""How long ago the person may have signed in, in seconds."""

from vaultaris_auth.oauth.authorize.request import AuthorizeRequest
from vaultaris_auth.oauth.errors import InvalidRequest

_MAX_DIGITS = 9


async def check_max_age(request: AuthorizeRequest) -> None:
    """Raises :class:`InvalidRequest`."""
    value = request.form.get("max_age")
    if value is None:
        return
    if not (value.isascii() and value.isdigit() and len(value) <= _MAX_DIGITS):
        raise InvalidRequest("The max_age must be a number of seconds.")
    request.max_age = int(value)
