"""Whose session is meant. An ID token that has expired says it as well as a fresh one."""

from vaultaris_auth.oauth.errors import InvalidRequest
from vaultaris_auth.oauth.logout.request import LogoutRequest
from vaultaris_auth.tokens.id_token_hint import read_hint


async def check_id_token_hint(request: LogoutRequest) -> None:
    """Raises :class:`InvalidRequest` for anything but an ID token of ours, unless the client is named as well.

    Then it is as if there were no hint, and the person is asked: sessions outlive signing keys, and nobody must stay
    signed in because a client's ID token was signed by a key that is gone.
    """
    hint = request.form.get("id_token_hint")
    if hint is None:
        return
    request.hint = await read_hint(request.runtime, hint)
    if request.hint is None and "client_id" not in request.form:
        raise InvalidRequest("The id_token_hint is not an ID token of this server.")
