"""Where the browser goes afterwards: an address that the client has registered, character by character."""

from vaultaris_auth.oauth.errors import InvalidRequest
from vaultaris_auth.oauth.logout.request import LogoutRequest

_MAX_STATE_CHARS = 2048


async def check_post_logout_redirect_uri(request: LogoutRequest) -> None:
    """Raises :class:`InvalidRequest`, which the person sees: nothing is ever sent to an unverified address."""
    uri = request.form.get("post_logout_redirect_uri")
    if len(request.form.get("state", "")) > _MAX_STATE_CHARS:
        raise InvalidRequest(f"The state is longer than {_MAX_STATE_CHARS} characters.")
    if uri is None:
        return
    if request.client is None or uri not in request.client.post_logout_redirect_uris:
        raise InvalidRequest("The application wants you sent to an address that is not registered.")
    request.redirect_uri = uri
