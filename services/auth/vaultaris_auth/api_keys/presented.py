"""A presented key: looked up by its hash, and its uses written down.

Plain SQL: both stand in the way of other services' requests.
"""

from collections.abc import Sequence
from uuid import UUID

import msgspec
from sqlalchemy import bindparam, select, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import BigInteger, Uuid

from vaultaris.auth.v1 import auth_pb2
from vaultaris_auth.api_keys.models import ApiKey
from vaultaris_kit.api_keys.source import ApiKeySource
from vaultaris_kit.errors import NotFound
from vaultaris_kit.ids import now
from vaultaris_kit.service import Runtime

_RECORD = text("""
    WITH used (id, uses, at_ms) AS (SELECT * FROM unnest(:ids, :counts, :times)),
    locked AS (  -- in one order for everybody, so that nobody deadlocks
        SELECT k.id FROM auth.api_keys k JOIN used USING (id) ORDER BY k.id FOR NO KEY UPDATE OF k
    )
    UPDATE auth.api_keys k
       SET use_count = k.use_count + used.uses,
           last_used_at = greatest(k.last_used_at, to_timestamp(used.at_ms / 1000.0))
      FROM used JOIN locked USING (id)
     WHERE k.id = used.id
""").bindparams(
    bindparam("ids", type_=ARRAY(Uuid())),
    bindparam("counts", type_=ARRAY(BigInteger())),
    bindparam("times", type_=ARRAY(BigInteger())),
)


async def resolve_key(runtime: Runtime, key_hash: bytes) -> auth_pb2.ApiKey:
    """The key with that hash if it may be used now. Raises :class:`NotFound`.

    The directory is asked for the tenant, whatever is known here: whoever asks has been told of a change perhaps, and
    keeps the answer, before the same news arrives here.
    """
    async with runtime.database.instance() as session:
        key = await session.scalar(select(ApiKey).where(ApiKey.key_hash == key_hash))
    if key is None or not key.is_enabled or key.revoked_at is not None or key.freeze_reason is not None:
        raise NotFound
    if key.expires_at is not None and key.expires_at <= now():
        raise NotFound
    if (await runtime.access.source.tenant(key.tenant_id)).status != "active":
        raise NotFound
    return auth_pb2.ApiKey(
        id=str(key.id),
        tenant_id=str(key.tenant_id),
        name=key.name,
        owner_type=key.owner_type,
        owner_id=str(key.owner_id),
        limited=key.scopes is not None,
        scopes=key.scopes or (),
        networks=key.ip_restrictions or (),
        expires_at=int(key.expires_at.timestamp()) if key.expires_at else 0,
        conditions=msgspec.json.encode(key.conditions).decode() if key.conditions else "",
    )


async def record_uses(runtime: Runtime, uses: Sequence[auth_pb2.ApiKeyUse]) -> None:
    """Adds the uses to the keys' counters, all in one statement; keys that are gone are passed over."""
    facts = {
        "ids": [UUID(use.id) for use in uses],
        "counts": [use.count for use in uses],
        "times": [use.last_used_ms for use in uses],
    }
    async with runtime.database.instance() as session:
        await session.execute(_RECORD, facts)


def own_api_keys(runtime: Runtime) -> ApiKeySource:
    """Auth asks its own tables; it does not call itself."""

    async def resolve(key_hash: bytes) -> auth_pb2.ApiKey:
        return await resolve_key(runtime, key_hash)

    async def record(uses: Sequence[auth_pb2.ApiKeyUse]) -> None:
        await record_uses(runtime, uses)

    return ApiKeySource(resolve, record)
