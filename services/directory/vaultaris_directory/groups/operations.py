"""What can be done to groups."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from vaultaris_directory.base import OUTBOX
from vaultaris_directory.changes import apply_changes, state_of
from vaultaris_directory.effective.grants import require_held, rights_of_groups, rights_of_roles
from vaultaris_directory.groups.models import Group, GroupRole
from vaultaris_directory.groups.repository import Groups
from vaultaris_directory.groups.tree import Shape, check_place, path_below, rewrite_paths_below, shape_of
from vaultaris_directory.links import link, unlink
from vaultaris_directory.locks import lock_tree
from vaultaris_directory.roles.repository import Roles
from vaultaris_kit.clashes import flush_or_clash
from vaultaris_kit.errors import Conflict, Invalid
from vaultaris_kit.http.preconditions import check_version
from vaultaris_kit.ids import new_id, now
from vaultaris_kit.limits.capped import require_thawed
from vaultaris_kit.principal import Principal
from vaultaris_kit.rights import RightSet

_CLASHES = {"uq_groups_name": "The name is taken under that parent, or was by a deleted group, which can be restored."}


async def create_group(
    session: AsyncSession, principal: Principal, *, tenant_id: UUID, fields: Mapping[str, Any]
) -> Group:
    """A new group under its parent. Raises Invalid for an unknown parent or too deep a place, Conflict for its name."""
    await lock_tree(session, "groups", tenant_id)
    above = await _path_of(session, tenant_id, fields["parent_id"])
    check_place(above, Shape(height=1, holds_parent=False))
    group = Group(id=new_id(), tenant_id=tenant_id, path=path_below(above, fields["name"]), **fields)
    session.add(group)
    await flush_or_clash(session, _CLASHES)
    _emit(session, principal, "group.created", group, new=state_of(group))
    return group


async def update_group(
    session: AsyncSession,
    principal: Principal,
    held: RightSet,
    *,
    tenant_id: UUID,
    group_id: UUID,
    changes: Mapping[str, Any],
    expected: int | None,
) -> Group:
    """Changes, renames or moves a group. Its members inherit from the new parent, so the caller must hold that."""
    await lock_tree(session, "groups", tenant_id)
    group = await Groups(session, tenant_id).get(group_id, lock=True)
    check_version(group.version, expected)
    require_thawed(group)
    parent_id = changes.get("parent_id", group.parent_id)
    above = await _path_of(session, tenant_id, parent_id)
    if parent_id != group.parent_id:
        check_place(above, await shape_of(session, group, parent_id))
        if parent_id is not None:
            require_held(held, await rights_of_groups(session, tenant_id, [parent_id]))
    path = path_below(above, changes.get("name", group.name))
    old, new = apply_changes(group, {**changes, "path": path})
    if new:
        await flush_or_clash(session, _CLASHES)
        _emit(session, principal, "group.updated", group, old=old, new=new)
    if "path" in new:
        await rewrite_paths_below(session, group)
    return group


async def delete_group(
    session: AsyncSession, principal: Principal, *, tenant_id: UUID, group_id: UUID, expected: int | None
) -> None:
    """Marks a group as deleted. Raises :class:`Conflict` while other groups stand below it."""
    await lock_tree(session, "groups", tenant_id)
    groups = Groups(session, tenant_id)
    group = await groups.get(group_id, lock=True)
    check_version(group.version, expected)
    if await groups.has_children(group_id):
        raise Conflict("Groups stand below this one: move or delete them first.")
    old = state_of(group)
    group.deleted_at = now()
    _emit(session, principal, "group.deleted", group, old=old)


async def restore_group(
    session: AsyncSession, principal: Principal, held: RightSet, *, tenant_id: UUID, group_id: UUID
) -> Group:
    """Brings a deleted group back, with members and roles. Raises :class:`Conflict` while its parent is deleted."""
    await lock_tree(session, "groups", tenant_id)
    groups = Groups(session, tenant_id)
    group = await groups.get(group_id, include_deleted=True, lock=True)
    if group.deleted_at is not None:
        if group.parent_id is not None and await groups.find(group.parent_id) is None:
            raise Conflict("The group above is deleted: restore it first.")
        require_held(held, await rights_of_groups(session, tenant_id, [group_id]))
        group.deleted_at = None
        await session.flush()
        _emit(session, principal, "group.restored", group, new=state_of(group))
    return group


async def confer_role(
    session: AsyncSession, principal: Principal, held: RightSet, *, tenant_id: UUID, group_id: UUID, role_id: UUID
) -> None:
    """Lets a group confer a role; again is no error. Raises :class:`Forbidden` for rights the caller lacks."""
    group = await Groups(session, tenant_id).get(group_id)
    require_thawed(group)
    role = await Roles(session, tenant_id).get(role_id)
    require_held(held, await rights_of_roles(session, tenant_id, [role_id]))
    if await link(session, GroupRole, tenant_id, group_id=group_id, role_id=role_id):
        _emit(session, principal, "group.role_assigned", group, new={"role_id": role_id, "role": role.name})


async def withdraw_role(
    session: AsyncSession, principal: Principal, *, tenant_id: UUID, group_id: UUID, role_id: UUID
) -> None:
    """Stops a group conferring a role; if it didn't, that is no error."""
    group = await Groups(session, tenant_id).get(group_id)
    require_thawed(group)
    if await unlink(session, GroupRole, tenant_id, group_id=group_id, role_id=role_id):
        _emit(session, principal, "group.role_removed", group, old={"role_id": role_id})


async def _path_of(session: AsyncSession, tenant_id: UUID, parent_id: UUID | None) -> str | None:
    if parent_id is None:
        return None
    parent = await Groups(session, tenant_id).find(parent_id)
    if parent is None:
        raise Invalid.field("parent_id", "Names a group that is not here.", "unknown_group")
    return parent.path


def _emit(session: AsyncSession, principal: Principal, event_type: str, group: Group, **values: Any) -> None:
    OUTBOX.emit(session, principal, event_type, group.tenant_id, resource_type="group", resource_id=group.id, **values)
