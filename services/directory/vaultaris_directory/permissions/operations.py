"""What can be done to permissions."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from vaultaris_directory.base import OUTBOX
from vaultaris_directory.changes import apply_changes, state_of
from vaultaris_directory.effective.grants import require_held, right_of
from vaultaris_directory.permissions.models import Permission
from vaultaris_directory.permissions.repository import Permissions
from vaultaris_kit.clashes import flush_or_clash
from vaultaris_kit.errors import Conflict, Forbidden
from vaultaris_kit.http.conditions import require_meaning
from vaultaris_kit.http.preconditions import check_version
from vaultaris_kit.ids import new_id, now
from vaultaris_kit.limits.capped import require_thawed
from vaultaris_kit.principal import Principal
from vaultaris_kit.rights import RightSet

_TAKEN = "The name is taken by another permission."
_TAKEN_BY_DELETED = "The name is taken by a deleted permission, which can be restored."
_CLASHES = {"uq_permissions_name": _TAKEN}
_MEANING = frozenset({"resource", "action", "conditions"})


async def create_permission(
    session: AsyncSession, principal: Principal, *, tenant_id: UUID, fields: Mapping[str, Any]
) -> tuple[Permission, bool]:
    """The permission, and whether it is new: an equal live one is given back instead of a clash.

    Raises :class:`~vaultaris_kit.errors.Invalid` with the path of what is wrong in the conditions, :class:`Conflict`
    for a taken name.
    """
    require_meaning(fields.get("conditions"))
    existing = await _existing(session, tenant_id, fields)
    if existing is not None:
        return existing, False
    conditions = fields.get("conditions") or {}
    permission = Permission(id=new_id(), tenant_id=tenant_id, is_system=False, **{**fields, "conditions": conditions})
    try:
        async with session.begin_nested():
            session.add(permission)
            await flush_or_clash(session, _CLASHES)
    except Conflict:  # somebody created it at the same moment
        raced = await _existing(session, tenant_id, fields)
        if raced is None:
            raise
        return raced, False
    _emit(session, principal, "permission.created", permission, new=state_of(permission))
    return permission, True


async def _existing(session: AsyncSession, tenant_id: UUID, fields: Mapping[str, Any]) -> Permission | None:
    """The equal live permission, None when the name is free. Raises :class:`Conflict` when it is taken otherwise."""
    found = await Permissions(session, tenant_id).find_by(Permission.name == fields["name"], include_deleted=True)
    if found is None:
        return None
    if found.deleted_at is not None:
        raise Conflict(_TAKEN_BY_DELETED)
    wanted = fields.get("conditions")
    same_meaning = (found.resource, found.action) == (fields["resource"], fields["action"])
    if not same_meaning or (wanted is not None and wanted != found.conditions):
        raise Conflict(_TAKEN)
    return found


async def update_permission(
    session: AsyncSession,
    principal: Principal,
    held: RightSet,
    *,
    tenant_id: UUID,
    permission_id: UUID,
    changes: Mapping[str, Any],
    expected: int | None,
) -> Permission:
    """Changes a permission. Another meaning reaches every role that holds it, so the caller must hold that right.

    Raises as :func:`create_permission`.
    """
    require_meaning(changes.get("conditions"))
    permission = await _editable(session, tenant_id, permission_id, expected)
    require_thawed(permission)
    old, new = apply_changes(permission, changes)
    if not new:
        return permission
    if not _MEANING.isdisjoint(new) and await Permissions(session, tenant_id).is_attached(permission_id):
        require_held(held, [right_of(permission)])
    await flush_or_clash(session, _CLASHES)
    _emit(session, principal, "permission.updated", permission, old=old, new=new)
    return permission


async def delete_permission(
    session: AsyncSession, principal: Principal, *, tenant_id: UUID, permission_id: UUID, expected: int | None
) -> None:
    """Marks a permission as deleted: nobody holds it any more."""
    permission = await _editable(session, tenant_id, permission_id, expected)
    old = state_of(permission)
    permission.deleted_at = now()
    _emit(session, principal, "permission.deleted", permission, old=old)


async def restore_permission(
    session: AsyncSession, principal: Principal, held: RightSet, *, tenant_id: UUID, permission_id: UUID
) -> Permission:
    """Brings a deleted permission back, attached as it was. A live one is left as it is."""
    permission = await Permissions(session, tenant_id).get(permission_id, include_deleted=True, lock=True)
    if permission.deleted_at is not None:
        require_held(held, [right_of(permission)])
        permission.deleted_at = None
        await session.flush()
        _emit(session, principal, "permission.restored", permission, new=state_of(permission))
    return permission


async def _editable(session: AsyncSession, tenant_id: UUID, permission_id: UUID, expected: int | None) -> Permission:
    permission = await Permissions(session, tenant_id).get(permission_id, lock=True)
    check_version(permission.version, expected)
    if permission.is_system:
        raise Forbidden("System permissions can't be changed.")
    return permission


def _emit(session: AsyncSession, principal: Principal, event_type: str, permission: Permission, **values: Any) -> None:
    OUTBOX.emit(
        session, principal, event_type, permission.tenant_id, resource_type="permission", resource_id=permission.id,
        **values,
    )  # fmt: skip
