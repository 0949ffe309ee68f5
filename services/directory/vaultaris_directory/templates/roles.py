"""Sections of a template: the tenant's settings, permissions, and roles with what they hold."""

from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from vaultaris_directory.permissions import operations as permission_operations
from vaultaris_directory.permissions.models import Permission
from vaultaris_directory.permissions.repository import Permissions
from vaultaris_directory.permissions.schemas import PermissionCreate
from vaultaris_directory.roles import operations as role_operations
from vaultaris_directory.roles.models import Role, RoleMember, RolePermission
from vaultaris_directory.roles.repository import Roles
from vaultaris_directory.templates.document import TemplateRole
from vaultaris_directory.templates.names import EVERYTHING, chosen, differing, ids_of, names_by
from vaultaris_directory.tenants.operations import update_tenant
from vaultaris_directory.tenants.repository import get_tenant
from vaultaris_directory.tenants.schemas import TenantUpdate
from vaultaris_kit.configuration import Items, Outcome, Section
from vaultaris_kit.errors import Conflict
from vaultaris_kit.principal import Principal

TENANT_FIELDS = tuple(name for name in TenantUpdate.model_fields if name not in ("name", "status"))
"""What makes a tenant behave as it does; not who it is, nor whether it is open."""

_PERMISSION = ("name", "resource", "action", "display_name", "description", "conditions")
_ROLE = ("name", "display_name", "description", "is_composite", "metadata")
_RESTORABLE = "The name belongs to something deleted, which can be restored."


async def _tenant(session: AsyncSession, tenant_id: UUID) -> Items:
    return [chosen(await get_tenant(session, tenant_id), TENANT_FIELDS)]


async def _put_tenant(session: AsyncSession, principal: Principal, tenant_id: UUID, item: dict[str, Any]) -> Outcome:
    sent = TenantUpdate.model_validate(item["fields"]).changes()
    changes = {name: value for name, value in sent.items() if name in TENANT_FIELDS}
    version = (await get_tenant(session, tenant_id)).version
    tenant = await update_tenant(session, principal, tenant_id=tenant_id, changes=changes, expected=None)
    return "skipped" if tenant.version == version else "updated"


async def _permissions(session: AsyncSession, tenant_id: UUID) -> Items:
    rows = await session.execute(
        Permissions(session, tenant_id).select().where(Permission.is_system.is_(False)).order_by(Permission.name)
    )
    return [chosen(permission, _PERMISSION) for permission in rows.scalars()]


async def _put_permission(
    session: AsyncSession, principal: Principal, tenant_id: UUID, item: dict[str, Any]
) -> Outcome:
    fields = PermissionCreate.model_validate(item).model_dump()
    fields["conditions"] = fields["conditions"] or {}
    known = await Permissions(session, tenant_id).find_by(Permission.name == fields["name"], include_deleted=True)
    if known is None:
        await permission_operations.create_permission(session, principal, tenant_id=tenant_id, fields=fields)
        return "created"
    if known.deleted_at is not None:
        raise Conflict(_RESTORABLE, code="taken_by_deleted")
    changes = differing(known, fields)
    if not changes:
        return "skipped"
    await permission_operations.update_permission(
        session, principal, EVERYTHING,
        tenant_id=tenant_id, permission_id=known.id, changes=changes, expected=None,
    )  # fmt: skip
    return "updated"


async def _roles(session: AsyncSession, tenant_id: UUID) -> Items:
    rows = await session.execute(
        Roles(session, tenant_id).select().where(Role.is_system.is_(False)).order_by(Role.name)
    )
    member = select(RoleMember.composite_id, Role.name).join(Role, Role.id == RoleMember.member_id)
    members = await names_by(session, member.where(Role.tenant_id == tenant_id, Role.deleted_at.is_(None)))
    held = select(RolePermission.role_id, Permission.name).join(
        Permission, Permission.id == RolePermission.permission_id
    )
    permissions = await names_by(
        session, held.where(Permission.tenant_id == tenant_id, Permission.deleted_at.is_(None))
    )
    return [
        {
            **chosen(role, _ROLE),
            "composite_roles": members.get(role.id, []),
            "permissions": permissions.get(role.id, []),
        }
        for role in rows.scalars()
    ]


async def _put_role(session: AsyncSession, principal: Principal, tenant_id: UUID, item: dict[str, Any]) -> Outcome:
    wanted = TemplateRole.model_validate(item)
    members = list((await ids_of(session, tenant_id, "roles", wanted.composite_roles)).values())
    known = await Roles(session, tenant_id).find_by(Role.name == wanted.name, include_deleted=True)
    if known is None:
        role = await role_operations.create_role(
            session, principal, EVERYTHING, tenant_id=tenant_id, fields=wanted.fields(), members=members
        )
        await _hold(session, principal, tenant_id, role.id, wanted.permissions)
        return "created"
    if known.deleted_at is not None:
        raise Conflict(_RESTORABLE, code="taken_by_deleted")
    changes = differing(known, wanted.fields())
    inherited = set((await Roles(session, tenant_id).members_of([known.id])).get(known.id, ()))
    is_changed = bool(changes) or inherited != set(members)
    if is_changed:
        await role_operations.update_role(
            session, principal, EVERYTHING,
            tenant_id=tenant_id, role_id=known.id, changes=changes, members=members, expected=None,
        )  # fmt: skip
    others = await _hold(session, principal, tenant_id, known.id, wanted.permissions)
    return "updated" if is_changed or others else "skipped"


async def _hold(session: AsyncSession, principal: Principal, tenant_id: UUID, role_id: UUID, names: list[str]) -> bool:
    """Lets the role hold just these permissions; says whether that changed anything."""
    wanted = set((await ids_of(session, tenant_id, "permissions", names)).values())
    present = {permission.id for permission in await Roles(session, tenant_id).permissions_of(role_id)}
    for permission_id in wanted - present:
        await role_operations.attach_permission(
            session, principal, EVERYTHING, tenant_id=tenant_id, role_id=role_id, permission_id=permission_id
        )
    for permission_id in present - wanted:
        await role_operations.detach_permission(
            session, principal, tenant_id=tenant_id, role_id=role_id, permission_id=permission_id
        )
    return wanted != present


TENANT = Section("tenant", _tenant, _put_tenant, key="section")
PERMISSIONS = Section("permissions", _permissions, _put_permission)
ROLES = Section("roles", _roles, _put_role)
