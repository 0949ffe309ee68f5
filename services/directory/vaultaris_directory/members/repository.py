"""Queries of an application's members. Deleted users are no members until they are restored."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from vaultaris_directory.members.models import Member
from vaultaris_directory.users.models import User
from vaultaris_kit.errors import NotFound
from vaultaris_kit.http.envelopes import PageQuery
from vaultaris_kit.repository import page_rows

_SORTABLE = {"created_at": Member.invited_at, "invited_at": Member.invited_at}


async def get_member(session: AsyncSession, *, tenant_id: UUID, application_id: UUID, user_id: UUID) -> Member:
    """The member, locked. Raises :class:`NotFound`."""
    found = _members(tenant_id, application_id).where(Member.user_id == user_id)
    member = (await session.execute(found.with_for_update(of=Member))).scalar_one_or_none()
    if member is None:
        raise NotFound
    return member


async def page_members(
    session: AsyncSession,
    query: PageQuery,
    *conditions: ColumnElement[bool],
    tenant_id: UUID,
    application_id: UUID,
) -> tuple[Sequence[Member], int]:
    """A page of members; the search looks into their names and addresses."""
    rows = _members(tenant_id, application_id).where(*conditions)
    return await page_rows(session, rows, query, (User.search_text,), _SORTABLE, Member.user_id)


def _members(tenant_id: UUID, application_id: UUID) -> Select[Member]:
    return (
        select(Member)
        .join(User, User.id == Member.user_id)
        .where(Member.tenant_id == tenant_id, Member.application_id == application_id, User.deleted_at.is_(None))
    )
