"""The roles that every tenant is born with, and the permissions they hold. Nobody can change them."""

from typing import NamedTuple
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from vaultaris_directory.permissions.models import Permission
from vaultaris_directory.roles.models import Role, RolePermission
from vaultaris_kit.ids import new_id


class SystemRole(NamedTuple):
    name: str
    display_name: str
    description: str
    rights: tuple[str, ...]


ADMIN = "tenant-admin"

SYSTEM_ROLES = (
    SystemRole(ADMIN, "Tenant administrator", "May do everything in this tenant.", ("*:*",)),
    SystemRole("tenant-auditor", "Tenant auditor", "May read everything in this tenant.", ("*:read",)),
    SystemRole("tenant-user", "Tenant user", "May manage their own account.", ()),
)


async def add_system_roles(session: AsyncSession, tenant_id: UUID) -> dict[str, UUID]:
    """Adds the system roles to a new tenant; returns their ids by name."""
    ids: dict[str, UUID] = {}
    links: list[RolePermission] = []
    for role in SYSTEM_ROLES:
        ids[role.name] = new_id()
        session.add(
            Role(
                id=ids[role.name], tenant_id=tenant_id, name=role.name, display_name=role.display_name,
                description=role.description, is_system=True, is_composite=False, meta={},
            )
        )  # fmt: skip
        for right in role.rights:
            permission = _permission(tenant_id, right)
            session.add(permission)
            links.append(RolePermission(tenant_id=tenant_id, role_id=ids[role.name], permission_id=permission.id))
    await session.flush()
    session.add_all(links)
    await session.flush()
    return ids


def _permission(tenant_id: UUID, right: str) -> Permission:
    resource, _, action = right.partition(":")
    return Permission(
        id=new_id(), tenant_id=tenant_id, name=right, resource=resource, action=action, conditions={}, is_system=True
    )
