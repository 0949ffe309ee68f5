"""Queries of groups."""

from collections.abc import Sequence
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import select

from vaultaris_directory.groups.models import Group, GroupMember, GroupRole
from vaultaris_directory.roles.models import Role
from vaultaris_directory.users.models import User
from vaultaris_kit.http.envelopes import MAX_LIST
from vaultaris_kit.repository import TenantRepository


class Groups(TenantRepository[Group]):
    model = Group
    searchable = (Group.name, Group.display_name, Group.path)
    sortable: ClassVar[dict[str, Any]] = {"updated_at": Group.updated_at, "name": Group.name}

    async def has_children(self, group_id: UUID) -> bool:
        """Whether live groups stand directly below."""
        query = self.select().where(Group.parent_id == group_id).limit(1)
        return (await self.session.execute(query)).first() is not None

    async def members_of(self, group_id: UUID) -> Sequence[User]:
        """Live users who were put into the group itself."""
        rows = await self.session.execute(
            select(User)
            .join(GroupMember, GroupMember.user_id == User.id)
            .where(GroupMember.group_id == group_id, User.tenant_id == self.tenant_id, User.deleted_at.is_(None))
            .order_by(User.username_key)
            .limit(MAX_LIST)
        )
        return rows.scalars().all()

    async def roles_of(self, group_id: UUID) -> Sequence[Role]:
        """Live roles that the group itself confers."""
        rows = await self.session.execute(
            select(Role)
            .join(GroupRole, GroupRole.role_id == Role.id)
            .where(GroupRole.group_id == group_id, Role.tenant_id == self.tenant_id, Role.deleted_at.is_(None))
            .order_by(Role.name)
            .limit(MAX_LIST)
        )
        return rows.scalars().all()
