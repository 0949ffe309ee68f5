"""``POST /oauth/introspect`` (RFC 7662): whether a token is live, and what it says."""

from typing import Any

from fastapi import Request, Response

from vaultaris_auth.clients.registry import Client
from vaultaris_auth.oauth.client_authentication.authenticate import authenticate_client
from vaultaris_auth.oauth.client_authentication.method import Presented
from vaultaris_auth.oauth.endpoint import protocol, raw
from vaultaris_auth.oauth.form import read_form, required
from vaultaris_auth.oauth.introspect_signed import prefers_signed, signed_introspection
from vaultaris_auth.refresh_tokens.tokens import find_token, looks_like_one
from vaultaris_auth.tokens.verified import claims_of, looks_like_jwt, token_type
from vaultaris_kit.errors import NotFound, Unauthorized
from vaultaris_kit.http.dependencies import runtime_of
from vaultaris_kit.ids import created_ms
from vaultaris_kit.service import Runtime

_INACTIVE: dict[str, Any] = {"active": False}
_TOLD = ("scope", "client_id", "exp", "iat", "sub", "aud", "iss", "jti", "tenant_id")
"""Claims of an access token that are told as they are; ``aud`` is one string, which clients rely on."""
_TOLD_IF_THERE = ("sid", "auth_time", "amr", "acr", "cnf", "act")


@protocol
async def introspect(request: Request) -> Response:
    """Tells a confidential client about tokens of its tenant, a public one about its own only.

    A confidential client that accepts ``application/token-introspection+jwt`` gets a signed answer (RFC 9701).
    """
    runtime, form = runtime_of(request), await read_form(request)
    presented = Presented(form, request.headers.get("authorization", ""))
    client = await authenticate_client(runtime, presented)
    token = required(form, "token")
    told = await _tell(runtime, client, token)
    if prefers_signed(request.headers.get("accept", "")) and not client.is_public:
        return await signed_introspection(runtime, client, told)
    return raw(told)


async def _tell(runtime: Runtime, client: Client, token: str) -> dict[str, Any]:
    if looks_like_jwt(token):
        return await _access_token(runtime, client, token)
    if looks_like_one(token):
        return await _refresh_token(runtime, client, token)
    return _INACTIVE


async def _access_token(runtime: Runtime, client: Client, token: str) -> dict[str, Any]:
    try:
        holder = await runtime.authenticator.verify_token(token)
    except Unauthorized:
        return _INACTIVE
    own = holder.client_id == client.client_id
    if holder.tenant_id != client.tenant_id or (client.is_public and not own):
        return _INACTIVE
    claims = claims_of(token)
    told = {name: claims[name] for name in _TOLD}
    told.update({name: claims[name] for name in _TOLD_IF_THERE if name in claims})
    return {"active": True, "username": holder.name, "token_type": token_type(holder), **told}


async def _refresh_token(runtime: Runtime, client: Client, token: str) -> dict[str, Any]:
    """Only the client that holds it ever learns anything about a refresh token."""
    found = await find_token(runtime.database, client.tenant_id, client.client_id, token)
    if found is None or not found.alive:
        return _INACTIVE
    family, issuer = found.family, runtime.settings.issuer
    try:
        effective = await runtime.access.of_user(family.tenant_id, family.user_id)
    except NotFound:
        return _INACTIVE
    if not effective.active:
        return _INACTIVE
    bound = {} if family.jkt is None else {"cnf": {"jkt": family.jkt}}
    return {
        "active": True, "username": effective.answer.user.username, "token_type": "refresh_token",
        "scope": " ".join(family.scope), "client_id": family.client_id, "sub": str(family.user_id),
        "exp": int(found.expires_at.timestamp()), "iat": created_ms(found.id) // 1000,
        "aud": issuer, "iss": issuer, "jti": str(found.id), "tenant_id": str(family.tenant_id),
        "sid": str(family.session_id), **bound,
    }  # fmt: skip
