"""What happens to signing keys."""

import asyncio
from datetime import timedelta
from typing import cast
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from vaultaris_auth.base import OUTBOX
from vaultaris_auth.keys import repository
from vaultaris_auth.keys.models import SigningKey
from vaultaris_auth.keys.pairs import ALGORITHMS, ON_REQUEST, PURPOSE, Algorithm, new_pair
from vaultaris_auth.revocations.marks import Mark
from vaultaris_auth.revocations.operations import revoke
from vaultaris_auth.revocations.repository import Stored
from vaultaris_kit.crypto import Sealer
from vaultaris_kit.ids import new_id, now
from vaultaris_kit.principal import SYSTEM, Principal
from vaultaris_kit.revocation import KEEP_SECONDS

VERIFY_ON = timedelta(seconds=KEEP_SECONDS)
"""How long a retired key verifies: no token that it signed lives longer, with an hour for replicas to notice."""


async def ensure_keys(session: AsyncSession, sealer: Sealer, tenant_id: UUID) -> dict[str, SigningKey]:
    """The tenant's current keys by algorithm, made where they are missing. Safe against racing replicas."""
    current = await repository.current_keys(session, tenant_id)
    missing = [algorithm for algorithm in ALGORITHMS if algorithm not in current]
    if not missing:
        return current
    someone_active = any(key.is_active for key in current.values())
    for algorithm in missing:
        key = await _new_key(sealer, tenant_id, algorithm, active=algorithm == ALGORITHMS[0] and not someone_active)
        if await repository.add_if_missing(session, _values(key)):
            _emit(session, SYSTEM, "key.created", key)
    return await repository.current_keys(session, tenant_id)


async def ensure_key(session: AsyncSession, sealer: Sealer, tenant_id: UUID, algorithm: Algorithm) -> SigningKey:
    """The tenant's current key of ``algorithm``, made when it is missing."""
    current = await repository.current_keys(session, tenant_id)
    if algorithm not in current:
        key = await _new_key(sealer, tenant_id, algorithm, active=False)
        if await repository.add_if_missing(session, _values(key)):
            _emit(session, SYSTEM, "key.created", key)
        current = await repository.current_keys(session, tenant_id)
    return current[algorithm]


async def rotate_key(
    session: AsyncSession,
    principal: Principal,
    sealer: Sealer,
    tenant_id: UUID,
    algorithm: Algorithm | None,
    *,
    revoke_previous: bool = False,
) -> tuple[SigningKey, list[Stored]]:
    """Makes a new key of ``algorithm`` (that of the active key when None), at once, and retires the one before it.

    The new key becomes the active one, unless it is of the algorithm that is made on request only. With
    ``revoke_previous``, after a theft, nothing that an earlier key of the algorithm has signed is honoured any more.
    Returns the key and the revocations to announce.
    """
    await ensure_keys(session, sealer, tenant_id)
    current = await repository.current_keys(session, tenant_id, lock=True)
    active = next(key for key in current.values() if key.is_active)
    wanted: Algorithm = algorithm or cast("Algorithm", active.algorithm)
    replaced = current.get(wanted)
    if wanted != ON_REQUEST:
        active.is_active = False
    if replaced is not None:
        _retire(replaced)
    await repository.withdraw_pending(session, tenant_id, wanted)
    await session.flush()
    key = await _new_key(sealer, tenant_id, wanted, active=wanted != ON_REQUEST)
    session.add(key)
    _emit(session, principal, "key.rotated", key, replaced.key_id if replaced is not None else None)
    if not revoke_previous:
        return key, []
    ended = await repository.expire_earlier(session, tenant_id, wanted)
    marks = [Mark("key", key_id) for key_id in ended]
    OUTBOX.emit(
        session, principal, "key.revoked", tenant_id, resource_type="key", metadata={"key_ids": ended}
    )  # fmt: skip
    return key, await revoke(session, tenant_id, marks, "signing key revoked", end_families=False)


async def publish_successor(session: AsyncSession, sealer: Sealer, key: SigningKey) -> None:
    """Makes the key that is to follow ``key``, for everybody to see; it signs nothing yet."""
    successor = await _new_key(sealer, key.tenant_id, cast("Algorithm", key.algorithm), active=False)
    successor.is_pending = True
    session.add(successor)
    await session.flush()
    _emit(session, SYSTEM, "key.published", successor)


async def activate_key(session: AsyncSession, pending: SigningKey) -> None:
    """A published key takes the place of the current one of its algorithm."""
    current = await repository.current_keys(session, pending.tenant_id, lock=True)
    replaced = current.get(pending.algorithm)
    was_active = replaced is not None and replaced.is_active
    if replaced is not None:
        replaced.is_active = False
        _retire(replaced)
        await session.flush()
    pending.is_pending, pending.is_active = False, was_active
    await session.flush()
    _emit(session, SYSTEM, "key.rotated", pending, replaced.key_id if replaced is not None else None)


def _retire(key: SigningKey) -> None:
    key.retired_at, key.expires_at = now(), now() + VERIFY_ON


async def withdraw_keys(session: AsyncSession, tenant_id: UUID) -> None:
    """The tenant is gone: its keys verify nothing from now on."""
    await repository.expire_all(session, tenant_id)


async def _new_key(sealer: Sealer, tenant_id: UUID, algorithm: Algorithm, *, active: bool) -> SigningKey:
    pair = await asyncio.to_thread(new_pair, algorithm) if algorithm == ON_REQUEST else new_pair(algorithm)
    return SigningKey(
        id=new_id(),
        tenant_id=tenant_id,
        key_id=pair.key_id,
        algorithm=algorithm,
        public_jwk=pair.public_jwk,
        private_sealed=sealer.seal(pair.private_der, PURPOSE),
        is_active=active,
        is_pending=False,
        created_at=now(),
    )


def _values(key: SigningKey) -> dict[str, object]:
    return {column.name: getattr(key, column.name) for column in SigningKey.__table__.columns}


def _emit(
    session: AsyncSession, principal: Principal, event: str, key: SigningKey, replaced: str | None = None
) -> None:
    facts = {"key_id": key.key_id, "algorithm": key.algorithm, "is_active": key.is_active}
    old = {"key_id": replaced} if replaced else None
    OUTBOX.emit(session, principal, event, key.tenant_id, resource_type="key", resource_id=key.id, old=old, new=facts)
