"""What happens to signing keys."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from vaultaris_auth.base import OUTBOX
from vaultaris_auth.keys import repository
from vaultaris_auth.keys.models import SigningKey
from vaultaris_auth.keys.pairs import ALGORITHMS, PURPOSE, Algorithm, new_pair
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
        key = _new_key(sealer, tenant_id, algorithm, active=algorithm == ALGORITHMS[0] and not someone_active)
        if await repository.add_if_missing(session, _values(key)):
            _emit(session, SYSTEM, "key.created", key)
    return await repository.current_keys(session, tenant_id)


async def rotate_key(
    session: AsyncSession, principal: Principal, sealer: Sealer, tenant_id: UUID, algorithm: Algorithm | None
) -> SigningKey:
    """Makes a new active key of ``algorithm`` (that of the active key when None) and retires the one before it."""
    await ensure_keys(session, sealer, tenant_id)
    current = await repository.current_keys(session, tenant_id, lock=True)
    active = next(key for key in current.values() if key.is_active)
    replaced = current[algorithm or active.algorithm]
    active.is_active = False
    replaced.retired_at, replaced.expires_at = now(), now() + VERIFY_ON
    await session.flush()
    key = _new_key(sealer, tenant_id, algorithm or active.algorithm, active=True)  # type: ignore[arg-type]  # a row's
    session.add(key)
    _emit(session, principal, "key.rotated", key, replaced.key_id)
    return key


async def withdraw_keys(session: AsyncSession, tenant_id: UUID) -> None:
    """The tenant is gone: its keys verify nothing from now on."""
    await repository.expire_all(session, tenant_id)


def _new_key(sealer: Sealer, tenant_id: UUID, algorithm: Algorithm, *, active: bool) -> SigningKey:
    pair = new_pair(algorithm)
    return SigningKey(
        id=new_id(),
        tenant_id=tenant_id,
        key_id=pair.key_id,
        algorithm=algorithm,
        public_jwk=pair.public_jwk,
        private_sealed=sealer.seal(pair.private_der, PURPOSE),
        is_active=active,
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
