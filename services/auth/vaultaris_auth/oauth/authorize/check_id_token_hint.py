"""Whom the client expects to be signed in."""

from uuid import UUID

from vaultaris_auth.oauth.authorize.request import AuthorizeRequest
from vaultaris_auth.oauth.errors import InvalidRequest
from vaultaris_auth.tokens.id_token_hint import read_hint


async def check_id_token_hint(request: AuthorizeRequest) -> None:
    """Raises :class:`InvalidRequest` for anything but an ID token of ours to this very client; an old one will do."""
    hint = request.form.get("id_token_hint")
    if hint is None:
        return
    claims = await read_hint(request.runtime, hint)
    if claims is None or claims["aud"] != request.client.client_id:
        raise InvalidRequest("The id_token_hint is not an ID token of this client.")
    request.subject = UUID(claims["sub"])
