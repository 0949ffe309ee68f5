"""``POST /oauth/revoke`` (RFC 7009): a client gives back what it was given."""

from fastapi import Request, Response

from vaultaris_auth.base import OUTBOX
from vaultaris_auth.clients.registry import Client
from vaultaris_auth.oauth.client_authentication.authenticate import authenticate_client
from vaultaris_auth.oauth.client_authentication.method import Presented
from vaultaris_auth.oauth.endpoint import nothing, protocol
from vaultaris_auth.oauth.form import read_form, required
from vaultaris_auth.refresh_tokens.ending import end_and_announce
from vaultaris_auth.refresh_tokens.tokens import find_token, looks_like_one
from vaultaris_auth.revocations.announcer import Announcer
from vaultaris_auth.revocations.marks import Mark
from vaultaris_auth.revocations.operations import revoke as revoke_marks
from vaultaris_auth.tokens.verified import looks_like_jwt
from vaultaris_kit.errors import Unauthorized
from vaultaris_kit.http.dependencies import runtime_of
from vaultaris_kit.principal import Principal
from vaultaris_kit.service import Runtime

_REASON = "revoked by its client"


@protocol
async def revoke(request: Request) -> Response:
    """Revokes an access token, or a refresh token with its whole family.

    200 for unknown tokens and for those of other clients too: nothing is told, and nothing is done. The
    answer comes when every service knows.
    """
    runtime, form = runtime_of(request), await read_form(request)
    presented = Presented(form, request.headers.get("authorization", ""))
    client = await authenticate_client(runtime, presented)
    token = required(form, "token")
    if looks_like_one(token):
        await _revoke_family(runtime, client, token)
    elif looks_like_jwt(token):
        await _revoke_access_token(runtime, client, token)
    return nothing()


async def _revoke_family(runtime: Runtime, client: Client, token: str) -> None:
    found = await find_token(runtime.database, client.tenant_id, client.client_id, token)
    if found is not None:
        await end_and_announce(runtime, found, reason=_REASON)


async def _revoke_access_token(runtime: Runtime, client: Client, token: str) -> None:
    try:
        holder = await runtime.authenticator.verify_token(token)
    except Unauthorized:
        return  # dead already
    if holder.client_id != client.client_id:
        return
    async with runtime.database.tenant(client.tenant_id) as session:
        marks = await revoke_marks(session, client.tenant_id, [Mark("token", str(holder.token_id))], _REASON)
        actor = Principal("client", client.id, client.tenant_id, client.client_id, client.client_id)
        OUTBOX.emit(
            session, actor, "token.revoked", client.tenant_id, resource_type="token",
            resource_id=holder.token_id, description=_REASON, metadata={"client_id": client.client_id},
        )  # fmt: skip
    await runtime.get(Announcer).announce(marks)
