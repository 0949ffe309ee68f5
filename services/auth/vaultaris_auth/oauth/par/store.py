"""Pushed requests as stored: the form, under the hash of its ``request_uri``; good for one use."""

from datetime import timedelta
from typing import Final

import msgspec
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from vaultaris_auth.clients.registry import Client
from vaultaris_auth.oauth.form import Form
from vaultaris_kit.crypto import digest, new_secret
from vaultaris_kit.ids import new_id, now
from vaultaris_kit.service import Runtime

URN: Final = "urn:ietf:params:oauth:request_uri:"
SECONDS: Final = 90
"""How long the browser may take to arrive (RFC 9126 section 2.2 speaks of 5 to 600)."""
_MAX_CHARS: Final = 200

_ADD = text("""
    INSERT INTO auth.pushed_authorization_requests (id, tenant_id, request_hash, client_id, form, expires_at)
    VALUES (:id, :tenant_id, :request_hash, :client_id, CAST(:form AS jsonb), :expires_at)
""")
_TAKE = text("""
    DELETE FROM auth.pushed_authorization_requests
     WHERE request_hash = :request_hash AND client_id = :client_id AND expires_at > :now
    RETURNING form::text
""")
_EXPIRED = text("DELETE FROM auth.pushed_authorization_requests WHERE expires_at <= :now")

_decode = msgspec.json.Decoder(dict[str, str]).decode


async def push_form(runtime: Runtime, client: Client, form: Form) -> str:
    """Keeps the form; returns its ``request_uri``."""
    reference = new_secret()
    facts = {
        "id": new_id(),
        "tenant_id": client.tenant_id,
        "request_hash": digest(URN + reference),
        "client_id": client.client_id,
        "form": msgspec.json.encode(form).decode(),
        "expires_at": now() + timedelta(seconds=SECONDS),
    }
    async with runtime.database.tenant(client.tenant_id) as session:
        await session.execute(_ADD, facts)
    return URN + reference


async def take_form(runtime: Runtime, client: Client, request_uri: str) -> Form | None:
    """The form of that client, once; None when it has expired, was used, or is another client's."""
    if len(request_uri) > _MAX_CHARS:
        return None
    facts = {"request_hash": digest(request_uri), "client_id": client.client_id, "now": now()}
    async with runtime.database.tenant(client.tenant_id) as session:
        taken = (await session.execute(_TAKE, facts)).scalar_one_or_none()
    return None if taken is None else _decode(taken)


async def delete_expired(session: AsyncSession) -> None:
    """Removes requests whose browser never came."""
    await session.execute(_EXPIRED, {"now": now()})
