"""Whose session is meant. An ID token that has expired says it as well as a fresh one."""

from vaultaris_auth.oauth.errors import InvalidRequest
from vaultaris_auth.oauth.logout.request import LogoutRequest
from vaultaris_auth.tokens.id_token_hint import read_hint


async def check_id_token_hint(request: LogoutRequest) -> None:
    """Raises :class:`InvalidRequest` for anything but an ID token of ours."""
    hint = request.form.get("id_token_hint")
    if hint is None:
        return
    request.hint = await read_hint(request.runtime, hint)
    if request.hint is None:
        raise InvalidRequest("The id_token_hint is not an ID token of this server.")
