"""What can be done to the members of an application."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from vaultaris_directory.applications.repository import Applications
from vaultaris_directory.base import OUTBOX
from vaultaris_directory.changes import apply_changes, state_of
from vaultaris_directory.members.models import Member
from vaultaris_directory.members.repository import get_member
from vaultaris_directory.users.repository import Users
from vaultaris_kit.clashes import flush_or_clash
from vaultaris_kit.errors import Forbidden, Invalid
from vaultaris_kit.http.preconditions import check_version
from vaultaris_kit.ids import now
from vaultaris_kit.limits.capped import require_thawed
from vaultaris_kit.principal import Principal

_CLASHES = {"pk_application_members": "This user is a member already, or was invited."}


async def add_member(
    session: AsyncSession,
    principal: Principal,
    *,
    tenant_id: UUID,
    application_id: UUID,
    user_id: UUID,
    role: str,
    auto_activate: bool,
) -> Member:
    """Invites a user, or makes them a member at once. Raises Invalid for an unknown user, Conflict for a member."""
    require_thawed(await Applications(session, tenant_id).get(application_id))
    if await Users(session, tenant_id).find(user_id) is None:
        raise Invalid.field("user_id", "Names a user who is not here.", "unknown_user")
    moment = now()
    member = Member(
        tenant_id=tenant_id, application_id=application_id, user_id=user_id, role=role,
        status="active" if auto_activate else "pending",
        invited_at=moment, accepted_at=moment if auto_activate else None,
    )  # fmt: skip
    session.add(member)
    await flush_or_clash(session, _CLASHES)
    _emit(session, principal, "application.member_added", member, new=state_of(member))
    return member


async def accept_invitation(
    session: AsyncSession, principal: Principal, *, tenant_id: UUID, application_id: UUID
) -> Member:
    """Makes the invited caller a member; again is no error.

    Raises NotFound; Forbidden for the suspended, and for a frozen application.
    """
    if principal.tenant_id != tenant_id:
        raise Forbidden("This tenant is not yours.")
    member = await get_member(session, tenant_id=tenant_id, application_id=application_id, user_id=principal.id)
    if member.status == "suspended":
        raise Forbidden("Your membership is suspended.")
    if member.status == "pending":
        require_thawed(await Applications(session, tenant_id).get(application_id))
        old, new = apply_changes(member, {"status": "active", "accepted_at": now()})
        await session.flush()
        _emit(session, principal, "application.member_accepted", member, old=old, new=_named(member, new))
    return member


async def update_member(
    session: AsyncSession,
    principal: Principal,
    *,
    tenant_id: UUID,
    application_id: UUID,
    user_id: UUID,
    changes: Mapping[str, Any],
    expected: int | None,
) -> Member:
    """Changes role and status.

    Raises NotFound, PreconditionFailed; Invalid when it would reopen an invitation, Forbidden for a frozen application.
    """
    member = await get_member(session, tenant_id=tenant_id, application_id=application_id, user_id=user_id)
    check_version(member.version, expected)
    require_thawed(await Applications(session, tenant_id).get(application_id))
    old, new = apply_changes(member, _with_acceptance(member, changes))
    if new:
        await session.flush()
        _emit(session, principal, "application.member_updated", member, old=old, new=_named(member, new))
    return member


def _with_acceptance(member: Member, changes: Mapping[str, Any]) -> dict[str, Any]:
    """Whoever is made active has been accepted, if not by themselves."""
    status = changes.get("status", member.status)
    if status == "pending" and member.status != "pending":
        raise Invalid.field("status", "An invitation can't be reopened: remove the member and invite again.")
    if status == "active" and member.accepted_at is None:
        return {**changes, "accepted_at": now()}
    return dict(changes)


async def remove_member(
    session: AsyncSession,
    principal: Principal,
    *,
    tenant_id: UUID,
    application_id: UUID,
    user_id: UUID,
    expected: int | None,
) -> None:
    """Ends a membership or takes an invitation back. Raises NotFound, PreconditionFailed.

    In a frozen application too: taking access away never depends on a licence.
    """
    member = await get_member(session, tenant_id=tenant_id, application_id=application_id, user_id=user_id)
    check_version(member.version, expected)
    old = state_of(member)
    await session.delete(member)
    await session.flush()
    _emit(session, principal, "application.member_removed", member, old=old)


def _named(member: Member, new: Mapping[str, Any]) -> dict[str, Any]:
    return {"user_id": member.user_id, **new}


def _emit(session: AsyncSession, principal: Principal, event_type: str, member: Member, **values: Any) -> None:
    OUTBOX.emit(
        session, principal, event_type, member.tenant_id,
        resource_type="application", resource_id=member.application_id, **values,
    )  # fmt: skip
