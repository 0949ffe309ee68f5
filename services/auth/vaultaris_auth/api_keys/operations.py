"""What happens to API keys."""

from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from vaultaris_auth.api_keys.models import ApiKey
from vaultaris_auth.api_keys.owners import Owner
from vaultaris_auth.api_keys.repository import ApiKeyRepository
from vaultaris_auth.base import OUTBOX
from vaultaris_auth.clients.invariants import check_grantable
from vaultaris_auth.revocations.marks import Mark
from vaultaris_auth.revocations.operations import revoke
from vaultaris_auth.revocations.repository import Stored
from vaultaris_kit.api_keys.conditions import DIALECT
from vaultaris_kit.api_keys.format import new_key, visible_part
from vaultaris_kit.crypto import digest
from vaultaris_kit.errors import Conflict
from vaultaris_kit.http.conditions import require_meaning
from vaultaris_kit.http.preconditions import check_version
from vaultaris_kit.ids import new_id, now
from vaultaris_kit.limits.capped import require_thawed
from vaultaris_kit.principal import Principal
from vaultaris_kit.rights import RightSet

_LOOSENING = ("ip_restrictions", "conditions", "expires_at", "is_enabled")


async def create_key(
    session: AsyncSession,
    principal: Principal,
    held: RightSet,
    *,
    tenant_id: UUID,
    owner: Owner,
    owned: RightSet,
    fields: dict[str, Any],
) -> tuple[ApiKey, str]:
    """Makes a key; returns it with its secret.

    ``held`` are the caller's rights, ``owned`` the owner's. Raises :class:`Forbidden`, and
    :class:`~vaultaris_kit.errors.Invalid` with the path of what is wrong in the conditions.
    """
    require_meaning(fields["conditions"], DIALECT)
    check_grantable(held, _granted(fields["scopes"], owned))
    secret = new_key()
    key = ApiKey(
        id=new_id(), tenant_id=tenant_id, owner_type=owner.type, owner_id=owner.id,
        prefix=visible_part(secret), key_hash=digest(secret), **fields,
    )  # fmt: skip
    session.add(key)
    await session.flush()
    _emit(session, principal, "api_key.created", key, new=describe(key))
    return key, secret


async def update_key(
    session: AsyncSession,
    principal: Principal,
    held: RightSet,
    *,
    tenant_id: UUID,
    key_id: UUID,
    owned: RightSet,
    changes: dict[str, Any],
    expected: int | None,
) -> ApiKey:
    """Changes a key. What makes it good for more than before asks for the rights that it then has.

    Raises as :func:`create_key`, and :class:`Conflict` for a revoked key.
    """
    require_meaning(changes.get("conditions"), DIALECT)
    key = await ApiKeyRepository(session, tenant_id).get(key_id, lock=True)
    check_version(key.version, expected)
    if key.revoked_at is not None:
        raise Conflict("This API key is revoked for good.")
    require_thawed(key)
    before = describe(key)
    for name, value in changes.items():
        setattr(key, name, value)
    after = describe(key)
    if any(before[name] != after[name] for name in _LOOSENING) and key.is_enabled:
        check_grantable(held, _granted(key.scopes, owned))
    elif before["scopes"] != after["scopes"]:
        had = RightSet(_granted(before["scopes"], owned))
        check_grantable(held, (right for right in _granted(key.scopes, owned) if not had.covers(right)))
    await session.flush()
    _emit(session, principal, "api_key.updated", key, old=before, new=after)
    return key


async def revoke_key(
    session: AsyncSession, principal: Principal, *, tenant_id: UUID, key_id: UUID
) -> tuple[ApiKey, list[Stored]]:
    """Disables a key for good; again is no error. Returns it with the revocations to announce."""
    key = await ApiKeyRepository(session, tenant_id).get(key_id, lock=True)
    if key.revoked_at is None:
        key.revoked_at, key.is_enabled = now(), False
        await session.flush()
        _emit(session, principal, "api_key.revoked", key, new=describe(key))
    return key, await _end(session, key, "API key revoked")


async def delete_key(
    session: AsyncSession, principal: Principal, *, tenant_id: UUID, key_id: UUID, expected: int | None
) -> list[Stored]:
    """Removes a key; returns the revocations to announce."""
    key = await ApiKeyRepository(session, tenant_id).get(key_id, lock=True)
    check_version(key.version, expected)
    await session.delete(key)
    _emit(session, principal, "api_key.deleted", key, old=describe(key))
    return await _end(session, key, "API key deleted")


def describe(key: ApiKey) -> dict[str, Any]:
    """The key as events tell it."""
    names = ("name", "description", "owner_type", "owner_id", "scopes", *_LOOSENING, "revoked_at")
    return {name: getattr(key, name) for name in names}


def _granted(scopes: list[str] | None, owned: RightSet) -> list[str]:
    """What the key hands over. A scope beyond the owner's rights counts: the owner may come to hold it."""
    return owned.names if scopes is None else scopes


async def _end(session: AsyncSession, key: ApiKey, reason: str) -> list[Stored]:
    return await revoke(session, key.tenant_id, [Mark("api_key", str(key.id))], reason, end_families=False)


def _emit(
    session: AsyncSession,
    principal: Principal,
    event: str,
    key: ApiKey,
    *,
    old: dict[str, Any] | None = None,
    new: dict[str, Any] | None = None,
) -> None:
    OUTBOX.emit(session, principal, event, key.tenant_id, resource_type="api_key", resource_id=key.id, old=old, new=new)
