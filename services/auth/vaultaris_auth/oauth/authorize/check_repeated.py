"""Parameters that came more than once (RFC 6749 section 3.1); which value was meant, nobody can tell."""

from vaultaris_auth.oauth.authorize.request import AuthorizeRequest
from vaultaris_auth.oauth.errors import InvalidRequest, InvalidTarget


async def check_repeated(request: AuthorizeRequest) -> None:
    """Raises :class:`InvalidRequest`; :class:`InvalidTarget` for a ``resource``, which may be named twice elsewhere."""
    if request.repeated == {"resource"}:
        raise InvalidTarget("Name one resource.")
    if request.repeated:
        raise InvalidRequest("A parameter appears more than once.")
