"""How the answer travels; known first, because errors travel the same way."""

from typing import get_args

from vaultaris_auth.authorization_requests.parameters import ResponseMode
from vaultaris_auth.oauth.authorize.request import AuthorizeRequest
from vaultaris_auth.oauth.errors import InvalidRequest

RESPONSE_MODES: tuple[ResponseMode, ...] = get_args(ResponseMode)


async def check_response_mode(request: AuthorizeRequest) -> None:
    """Raises :class:`InvalidRequest`."""
    asked = request.form.get("response_mode", "query")
    mode = next((each for each in RESPONSE_MODES if each == asked), None)
    if mode is None or (mode == "form_post" and not _is_web(request.redirect_uri)):
        raise InvalidRequest("The response_mode is not supported here.")
    request.response_mode = mode


def _is_web(uri: str | None) -> bool:
    """A form can be posted to the web only."""
    return uri is not None and uri.startswith(("https://", "http://"))
