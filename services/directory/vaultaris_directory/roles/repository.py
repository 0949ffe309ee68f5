"""Queries of roles."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import select

from vaultaris_directory.permissions.models import Permission
from vaultaris_directory.roles.models import Role, RoleMember, RolePermission
from vaultaris_kit.http.envelopes import MAX_LIST
from vaultaris_kit.repository import TenantRepository


class Roles(TenantRepository[Role]):
    model = Role
    searchable = (Role.name, Role.display_name)
    sortable: ClassVar[dict[str, Any]] = {"updated_at": Role.updated_at, "name": Role.name}

    async def members_of(self, role_ids: Collection[UUID]) -> Mapping[UUID, Sequence[UUID]]:
        """Of each of these roles, the live roles that it inherits from directly."""
        rows = await self.session.execute(
            select(RoleMember.composite_id, RoleMember.member_id)
            .join(Role, Role.id == RoleMember.member_id)
            .where(Role.tenant_id == self.tenant_id, RoleMember.composite_id.in_(role_ids), Role.deleted_at.is_(None))
            .order_by(RoleMember.member_id)
        )
        members: dict[UUID, list[UUID]] = defaultdict(list)
        for composite_id, member_id in rows:
            members[composite_id].append(member_id)
        return members

    async def named(self, names: Collection[str]) -> Sequence[Role]:
        """The live roles of these names."""
        return (
            (await self.session.execute(self.select().where(Role.name.in_(names)).order_by(Role.name))).scalars().all()
        )

    async def permissions_of(self, role_id: UUID) -> Sequence[Permission]:
        """Live permissions attached to the role itself."""
        rows = await self.session.execute(
            select(Permission)
            .join(RolePermission, RolePermission.permission_id == Permission.id)
            .where(
                RolePermission.role_id == role_id,
                Permission.tenant_id == self.tenant_id,
                Permission.deleted_at.is_(None),
            )
            .order_by(Permission.name)
            .limit(MAX_LIST)
        )
        return rows.scalars().all()
