"""The stored request. Its ``request_id`` is a secret of 256 bits of which only the hash is kept."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from vaultaris.directory.v1.directory_pb2 import Tenant
from vaultaris_auth.authorization_requests.parameters import Parameters, decode_parameters, encode_parameters
from vaultaris_auth.clients.redirect_uris import is_registered
from vaultaris_auth.clients.registry import Client, ClientRegistry
from vaultaris_kit.crypto import digest, new_secret
from vaultaris_kit.errors import NotFound
from vaultaris_kit.ids import new_id, now
from vaultaris_kit.service import Runtime

LIFETIME = timedelta(minutes=30)
"""How long a person may take to sign in and to decide."""
_MAX_CHARS = 100


@dataclass(frozen=True, slots=True)
class Waiting:
    """A request, its client and tenant. ``id`` and ``request_id`` are None as long as nothing had to be stored."""

    tenant: Tenant
    client: Client
    asked: Parameters
    requested_at: datetime
    id: UUID | None = None
    request_id: str | None = None
    expires_at: datetime | None = None

    @property
    def tenant_id(self) -> UUID:
        return self.client.tenant_id


_ADD = text("""
    INSERT INTO auth.authorization_requests
        (id, tenant_id, request_hash, client_id, parameters, created_at, expires_at)
    VALUES (:id, :tenant_id, :request_hash, :client_id, CAST(:parameters AS jsonb), :created_at, :expires_at)
""")
_FIND = text("""
    SELECT id, client_id, parameters::text, created_at, expires_at
      FROM auth.authorization_requests
     WHERE request_hash = :request_hash AND consumed_at IS NULL AND expires_at > :now
""")
_CONSUME = text("""
    UPDATE auth.authorization_requests SET consumed_at = :now
     WHERE id = :id AND consumed_at IS NULL AND expires_at > :now
""")
_EXPIRED = text("DELETE FROM auth.authorization_requests WHERE expires_at <= :now")


async def store_request(runtime: Runtime, waiting: Waiting) -> str:
    """Keeps the request until its person has decided; returns its ``request_id``."""
    request_id = new_secret()
    facts = {
        "id": new_id(),
        "tenant_id": waiting.tenant_id,
        "request_hash": digest(request_id),
        "client_id": waiting.client.client_id,
        "parameters": encode_parameters(waiting.asked).decode(),
        "created_at": waiting.requested_at,
        "expires_at": waiting.requested_at + LIFETIME,
    }
    async with runtime.database.tenant(waiting.tenant_id) as session:
        await session.execute(_ADD, facts)
    return request_id


async def load_request(runtime: Runtime, request_id: str) -> Waiting | None:
    """The request of that id; None when it has expired, was answered, or was never there, or may be answered no longer:
    its client or tenant is out of service, or its address not registered any more.
    """
    if not request_id or len(request_id) > _MAX_CHARS:
        return None
    async with runtime.database.instance() as session:
        row = (await session.execute(_FIND, {"request_hash": digest(request_id), "now": now()})).first()
    if row is None:
        return None
    row_id, client_id, parameters, created_at, expires_at = row
    asked, client = decode_parameters(parameters), await runtime.get(ClientRegistry).find(client_id)
    if client is None or not client.is_enabled or not is_registered(asked.redirect_uri, client.redirect_uris):
        return None
    try:
        tenant = await runtime.access.tenant(client.tenant_id)
    except NotFound:
        return None
    if tenant.status != "active":
        return None
    return Waiting(tenant, client, asked, created_at, row_id, request_id, expires_at)


async def consume_request(session: AsyncSession, waiting: Waiting) -> bool:
    """Ends the waiting: one request is answered once, however often its form is sent. True for one never stored."""
    if waiting.id is None:
        return True
    result = await session.execute(_CONSUME, {"id": waiting.id, "now": now()})
    return bool(result.rowcount)  # type: ignore[attr-defined]  # a cursor's result


async def delete_expired(session: AsyncSession) -> None:
    """Removes requests that nobody can answer any more."""
    await session.execute(_EXPIRED, {"now": now()})
