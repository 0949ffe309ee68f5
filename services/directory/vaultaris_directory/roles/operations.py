"""What can be done to roles."""

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from vaultaris_directory.base import OUTBOX
from vaultaris_directory.changes import apply_changes, state_of
from vaultaris_directory.effective.grants import require_held, right_of, rights_of_roles
from vaultaris_directory.links import link, unlink
from vaultaris_directory.locks import lock_tree
from vaultaris_directory.permissions.repository import Permissions
from vaultaris_directory.roles.composites import set_members
from vaultaris_directory.roles.models import Role, RolePermission
from vaultaris_directory.roles.repository import Roles
from vaultaris_kit.clashes import flush_or_clash
from vaultaris_kit.errors import Forbidden, Invalid
from vaultaris_kit.http.preconditions import check_version
from vaultaris_kit.ids import new_id, now
from vaultaris_kit.limits.capped import require_thawed
from vaultaris_kit.principal import Principal
from vaultaris_kit.rights import RightSet

_CLASHES = {"uq_roles_name": "The name is taken, or was by a role that has been deleted and can be restored."}


async def create_role(
    session: AsyncSession,
    principal: Principal,
    held: RightSet,
    *,
    tenant_id: UUID,
    fields: Mapping[str, Any],
    members: Collection[UUID],
) -> Role:
    """A new role. Raises Conflict for a taken name, Invalid and Forbidden for members that it may not have."""
    role = Role(id=new_id(), tenant_id=tenant_id, is_system=False, **fields)
    session.add(role)
    await flush_or_clash(session, _CLASHES)
    if members:
        await _inherit(session, held, role, members)
    _emit(session, principal, "role.created", role, new={**state_of(role), "composite_role_ids": sorted(members)})
    return role


async def update_role(
    session: AsyncSession,
    principal: Principal,
    held: RightSet,
    *,
    tenant_id: UUID,
    role_id: UUID,
    changes: Mapping[str, Any],
    members: Collection[UUID] | None,
    expected: int | None,
) -> Role:
    """Changes a role; ``members`` replaces what it inherits from. A role that stops being composite loses them."""
    await lock_tree(session, "roles", tenant_id)
    role = await editable_role(session, tenant_id, role_id, expected)
    before = (await Roles(session, tenant_id).members_of([role_id])).get(role_id, ())
    old, new = apply_changes(role, changes)
    await flush_or_clash(session, _CLASHES)
    if not role.is_composite and members is None:
        members = ()
    if members is not None and set(members) != set(before):
        await _inherit(session, held, role, members)
        old["composite_role_ids"], new["composite_role_ids"] = sorted(before), sorted(members)
        role.updated_at = now()
        await session.flush()
    if new:
        _emit(session, principal, "role.updated", role, old=old, new=new)
    return role


async def _inherit(session: AsyncSession, held: RightSet, role: Role, members: Collection[UUID]) -> None:
    if members and not role.is_composite:
        raise Invalid.field("composite_role_ids", "Only a composite role inherits from others.", "not_composite")
    require_held(held, await rights_of_roles(session, role.tenant_id, members))
    await set_members(session, role, members)


async def delete_role(
    session: AsyncSession, principal: Principal, *, tenant_id: UUID, role_id: UUID, expected: int | None
) -> None:
    """Marks a role as deleted: whoever had it has it no more, until it is restored."""
    role = await editable_role(session, tenant_id, role_id, expected, to_delete=True)
    old = state_of(role)
    role.deleted_at = now()
    _emit(session, principal, "role.deleted", role, old=old)


async def restore_role(
    session: AsyncSession, principal: Principal, held: RightSet, *, tenant_id: UUID, role_id: UUID
) -> Role:
    """Brings a deleted role back to everybody who had it. A live one is left as it is."""
    role = await Roles(session, tenant_id).get(role_id, include_deleted=True, lock=True)
    if role.deleted_at is not None:
        require_held(held, await rights_of_roles(session, tenant_id, [role_id]))
        role.deleted_at = None
        await session.flush()
        _emit(session, principal, "role.restored", role, new=state_of(role))
    return role


async def attach_permission(
    session: AsyncSession, principal: Principal, held: RightSet, *, tenant_id: UUID, role_id: UUID, permission_id: UUID
) -> None:
    """Lets a role hold a permission; again is no error. Raises :class:`Forbidden` for a right the caller lacks."""
    role = await editable_role(session, tenant_id, role_id, None)
    permission = await Permissions(session, tenant_id).get(permission_id)
    require_held(held, [right_of(permission)])
    if await link(session, RolePermission, tenant_id, role_id=role_id, permission_id=permission_id):
        told = {"permission_id": permission_id, "permission": permission.name}
        _emit(session, principal, "role.permission_attached", role, new=told)


async def detach_permission(
    session: AsyncSession, principal: Principal, *, tenant_id: UUID, role_id: UUID, permission_id: UUID
) -> None:
    """Takes a permission from a role; if it wasn't there, that is no error."""
    role = await editable_role(session, tenant_id, role_id, None)
    if await unlink(session, RolePermission, tenant_id, role_id=role_id, permission_id=permission_id):
        _emit(session, principal, "role.permission_detached", role, old={"permission_id": permission_id})


async def editable_role(
    session: AsyncSession, tenant_id: UUID, role_id: UUID, expected: int | None, *, to_delete: bool = False
) -> Role:
    """The role, locked. Raises NotFound, PreconditionFailed, and Forbidden for a system role or a frozen one."""
    role = await Roles(session, tenant_id).get(role_id, lock=True)
    check_version(role.version, expected)
    if role.is_system:
        raise Forbidden("System roles can't be changed.")
    if not to_delete:
        require_thawed(role)
    return role


def _emit(session: AsyncSession, principal: Principal, event_type: str, role: Role, **values: Any) -> None:
    OUTBOX.emit(session, principal, event_type, role.tenant_id, resource_type="role", resource_id=role.id, **values)
