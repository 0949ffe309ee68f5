"""Queries of users."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, RowMapping, Text, and_, func, or_, select, text, type_coerce
from sqlalchemy.ext.asyncio import AsyncSession

from vaultaris_directory.groups.models import Group, GroupMember
from vaultaris_directory.roles.models import Role
from vaultaris_directory.tenants.models import Tenant
from vaultaris_directory.users.logins import login_key
from vaultaris_directory.users.models import User, UserRole
from vaultaris_directory.users.wire import NEEDED
from vaultaris_kit.errors import NotFound
from vaultaris_kit.http.envelopes import MAX_LIST, PageQuery
from vaultaris_kit.repository import TenantRepository, escape_like, page_columns

_TABLE = User.__table__
_COLUMNS = [type_coerce(_TABLE.c[name], Text()) if name == "metadata" else _TABLE.c[name] for name in NEEDED]
"""Bare columns, since a page of entities costs several times as much; the metadata goes out as it comes, as text."""
_SORTABLE = {
    "created_at": _TABLE.c.created_at,
    "updated_at": _TABLE.c.updated_at,
    "username": _TABLE.c.username_key,
    "email": _TABLE.c.email_key,
}
_TRIGRAM = 3
_FEW = 1000
_SEARCH = text("SELECT search_users(:pattern, :most)")
"""Trigrams are out of reach of row-level security; the migration that makes this function says why."""


@dataclass(frozen=True, slots=True)
class UserFilter:
    """What a list of users may be narrowed by."""

    status: str | None = None
    email: str | None = None
    role_id: UUID | None = None
    group_id: UUID | None = None

    def conditions(self, tenant_id: UUID) -> list[ColumnElement[bool]]:
        wanted: list[ColumnElement[bool]] = []
        if self.status is not None:
            wanted.append(User.status == self.status)
        if self.email is not None:
            wanted.append(User.email_key == login_key(self.email))
        if self.role_id is not None:
            holders = select(UserRole.user_id).filter_by(tenant_id=tenant_id, role_id=self.role_id)
            wanted.append(User.id.in_(holders))
        if self.group_id is not None:
            members = select(GroupMember.user_id).filter_by(tenant_id=tenant_id, group_id=self.group_id)
            wanted.append(User.id.in_(members))
        return wanted


class Users(TenantRepository[User]):
    model = User

    async def page_filtered(self, query: PageQuery, wanted: UserFilter) -> tuple[Sequence[RowMapping], int]:
        """A page of those who match, as the columns that the wire needs."""
        conditions = wanted.conditions(self.tenant_id)
        if query.search:
            conditions.append(await self._found(query.search))
        if not query.include_deleted:
            conditions.append(_TABLE.c.deleted_at.is_(None))
        rows = select(*_COLUMNS).where(_TABLE.c.tenant_id == self.tenant_id, *conditions)
        return await page_columns(self.session, rows, query, _SORTABLE, _TABLE.c.id)

    async def _found(self, search: str) -> ColumnElement[bool]:
        """Who has the text in a name or an address.

        Few are found by trigrams. When there are many, or the text is too short for a trigram, the list's own order
        meets a page full of them soon; PostgreSQL expects so of ``strpos``, while it takes every LIKE for a rare thing
        here, where row-level security hides the statistics from it.
        """
        sought = search.lower()
        if len(sought) >= _TRIGRAM:
            values = {"pattern": f"%{escape_like(sought)}%", "most": _FEW + 1}
            found = (await self.session.execute(_SEARCH, values)).scalars().all()
            if len(found) <= _FEW:
                return User.id.in_(found)
        return func.strpos(User.search_text, sought) > 0

    async def roles_of(self, user_id: UUID) -> Sequence[Role]:
        """Live roles given to the user directly."""
        rows = await self.session.execute(
            select(Role)
            .join(UserRole, UserRole.role_id == Role.id)
            .where(UserRole.user_id == user_id, Role.tenant_id == self.tenant_id, Role.deleted_at.is_(None))
            .order_by(Role.name)
            .limit(MAX_LIST)
        )
        return rows.scalars().all()

    async def groups_of(self, user_id: UUID) -> Sequence[Group]:
        """Live groups that the user was put into."""
        rows = await self.session.execute(
            select(Group)
            .join(GroupMember, GroupMember.group_id == Group.id)
            .where(GroupMember.user_id == user_id, Group.tenant_id == self.tenant_id, Group.deleted_at.is_(None))
            .order_by(Group.path)
            .limit(MAX_LIST)
        )
        return rows.scalars().all()

    async def crosses(self, username_key: str, email_key: str, but: UUID | None) -> bool:
        """Whether the user name is somebody else's e-mail address, or the other way round."""
        query = select(User.id).where(
            User.tenant_id == self.tenant_id,
            or_(User.email_key == username_key, User.username_key == email_key),
        )
        query = query if but is None else query.where(User.id != but)
        return (await self.session.execute(query.limit(1))).first() is not None


async def accounts_of(session: AsyncSession, user_id: UUID) -> Sequence[tuple[User, Tenant]]:
    """A person's accounts in all live tenants: this one, and those with the same verified e-mail address.

    Raises :class:`NotFound`. For a transaction over all tenants.
    """
    user = await session.get(User, user_id)
    if user is None or user.deleted_at is not None:
        raise NotFound
    same: ColumnElement[bool] = User.id == user.id
    if user.email_verified:
        same = or_(same, and_(User.email_key == user.email_key, User.email_verified))
    rows = await session.execute(
        select(User, Tenant)
        .join(Tenant, Tenant.id == User.tenant_id)
        .where(same, User.deleted_at.is_(None), Tenant.deleted_at.is_(None))
        .order_by(Tenant.name)
        .limit(MAX_LIST)
    )
    return [(account, tenant) for account, tenant in rows]
