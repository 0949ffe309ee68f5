"""Queries of permissions."""

from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import ColumnElement, select

from vaultaris_directory.permissions.models import Permission
from vaultaris_directory.roles.models import RolePermission
from vaultaris_kit.repository import TenantRepository


class Permissions(TenantRepository[Permission]):
    model = Permission
    searchable = (Permission.name, Permission.display_name)
    sortable: ClassVar[dict[str, Any]] = {
        "updated_at": Permission.updated_at,
        "name": Permission.name,
        "resource": Permission.resource,
    }

    async def is_attached(self, permission_id: UUID) -> bool:
        """Whether some role holds it."""
        query = select(RolePermission.role_id).where(RolePermission.permission_id == permission_id).limit(1)
        return (await self.session.execute(query)).first() is not None


def narrowed_to(resource: str | None, action: str | None) -> list[ColumnElement[bool]]:
    """Conditions of a list's filters."""
    conditions: list[ColumnElement[bool]] = []
    if resource is not None:
        conditions.append(Permission.resource == resource)
    if action is not None:
        conditions.append(Permission.action == action)
    return conditions
