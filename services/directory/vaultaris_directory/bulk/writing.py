"""Rows that are taken in: new users by the hundred, known ones one by one."""

from collections.abc import Iterable, Sequence
from typing import Any, Literal
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from vaultaris_directory.base import OUTBOX
from vaultaris_directory.bulk.candidates import Candidate
from vaultaris_directory.groups.models import GroupMember
from vaultaris_directory.links import link
from vaultaris_directory.users import operations
from vaultaris_directory.users.editing import Editor
from vaultaris_directory.users.inserting import insert_users, new_user, told_of
from vaultaris_directory.users.models import User, UserRole
from vaultaris_directory.users.repository import Users
from vaultaris_kit.errors import Conflict, Detail, Forbidden
from vaultaris_kit.principal import Principal
from vaultaris_kit.rights import RightSet

Outcome = Literal["updated", "unchanged", "shut_out"]


async def create(
    session: AsyncSession, principal: Principal, tenant_id: UUID, fit: Sequence[Candidate]
) -> list[Candidate]:
    """Makes the users with their roles and groups. Returns those whose names somebody took this very moment."""
    if not fit:
        return []
    rows = {id(each): new_user(tenant_id, each.user.fields(), each.password_hash) for each in fit}
    written = await insert_users(session, list(rows.values()))
    made = [(each, rows[id(each)]) for each in fit if rows[id(each)]["id"] in written]
    await _link_all(session, tenant_id, made)
    for each, row in made:
        _tell(session, principal, "user.created", tenant_id, row["id"], told_of(row))
        _tell_places(session, principal, tenant_id, row["id"], each)
    return [each for each in fit if rows[id(each)]["id"] not in written]


async def _link_all(session: AsyncSession, tenant_id: UUID, made: Iterable[tuple[Candidate, dict[str, Any]]]) -> None:
    given = [(row["id"], place.id) for each, row in made for place in each.roles]
    joined = [(row["id"], place.id) for each, row in made for place in each.groups]
    if given:
        pairs = [{"tenant_id": tenant_id, "user_id": user_id, "role_id": role_id} for user_id, role_id in given]
        await session.execute(insert(UserRole).on_conflict_do_nothing(), pairs)
    if joined:
        pairs = [{"tenant_id": tenant_id, "user_id": user_id, "group_id": group_id} for user_id, group_id in joined]
        await session.execute(insert(GroupMember).on_conflict_do_nothing(), pairs)


async def update(
    session: AsyncSession, principal: Principal, held: RightSet, tenant_id: UUID, user_id: UUID, each: Candidate,
    *, dry_run: bool,
) -> Outcome | Detail:  # fmt: skip
    """Brings a known user up to what the row says: the columns it has, and further roles and groups.

    Their password stays. A row that is refused changes nothing; in a dry run none does.
    """
    editor = Editor(principal, held, is_self=principal.is_person and principal.id == user_id, administers=True)
    savepoint = await session.begin_nested()
    try:
        outcome = await _update(session, editor, tenant_id, user_id, each)
    except (Conflict, Forbidden) as refusal:
        await savepoint.rollback()
        return Detail(field="row", message=refusal.message, code=refusal.code)
    await (savepoint.rollback() if dry_run else savepoint.commit())
    return outcome


async def _update(session: AsyncSession, editor: Editor, tenant_id: UUID, user_id: UUID, each: Candidate) -> Outcome:
    before = await Users(session, tenant_id).get(user_id, lock=True)
    version, status = before.version, before.status
    changes = {name: value for name, value in each.user.changes().items() if getattr(before, name) != value}
    user: User = await operations.update_user(
        session, editor, tenant_id=tenant_id, user_id=user_id, changes=changes,
        password_hash=None, expected=None,
    )  # fmt: skip
    gained = False
    for place in each.roles:
        if await link(session, UserRole, tenant_id, user_id=user_id, role_id=place.id):
            told = {"role_id": place.id, "role": place.name}
            _tell(session, editor.principal, "user.role_assigned", tenant_id, user_id, told)
            gained = True
    for place in each.groups:
        if await link(session, GroupMember, tenant_id, group_id=place.id, user_id=user_id):
            told = {"group_id": place.id, "group": place.name}
            _tell(session, editor.principal, "user.group_joined", tenant_id, user_id, told)
            gained = True
    if status == "active" != user.status:
        return "shut_out"
    return "updated" if gained or user.version != version else "unchanged"


def _tell_places(session: AsyncSession, principal: Principal, tenant_id: UUID, user_id: UUID, each: Candidate) -> None:
    for place in each.roles:
        told = {"role_id": place.id, "role": place.name}
        _tell(session, principal, "user.role_assigned", tenant_id, user_id, told)
    for place in each.groups:
        told = {"group_id": place.id, "group": place.name}
        _tell(session, principal, "user.group_joined", tenant_id, user_id, told)


def _tell(
    session: AsyncSession, principal: Principal, event_type: str, tenant_id: UUID, user_id: UUID, new: dict[str, Any]
) -> None:
    OUTBOX.emit(
        session, principal, event_type, tenant_id,
        resource_type="user", resource_id=user_id, new=new, metadata={"source": "import"},
    )  # fmt: skip
