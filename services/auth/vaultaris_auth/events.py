"""What other services' events mean here: the guarantee behind the calls that revoke at once.

Whoever revokes calls :class:`AuthServicer` before answering; should that call be lost, the event still comes.
Marks carry the time of the event, so that one delivered late spares what was issued after it.
"""

from collections import defaultdict
from collections.abc import Sequence
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from vaultaris_auth.application_links.leaving import end_access
from vaultaris_auth.consents.operations import forget_consents
from vaultaris_auth.keys.keyring import Keyring
from vaultaris_auth.keys.operations import ensure_keys, withdraw_keys
from vaultaris_auth.passkeys.operations import delete_of_user
from vaultaris_auth.refresh_tokens import families
from vaultaris_auth.revocations.announcer import Announcer
from vaultaris_auth.revocations.marks import Mark, Subject
from vaultaris_auth.revocations.operations import revoke
from vaultaris_auth.revocations.repository import Stored
from vaultaris_kit.applications import Applications
from vaultaris_kit.errors import NotFound
from vaultaris_kit.events import Event
from vaultaris_kit.service import Runtime

SUBJECTS: Final = (
    "directory.tenant.*",
    "directory.user.deleted",
    "directory.user.purged",
    "directory.user.updated",
    "directory.user.deactivated",
    "directory.user.frozen",
    "directory.user.password_changed",
    "sessions.session.revoked",
    "sessions.session.expired",
    "directory.application.member_removed",
    "directory.application.member_updated",
)

_SESSION_ENDED: Final = "session.revoked"
_REVOKES: Final[dict[str, Subject]] = {
    "tenant.suspended": "tenant",
    "tenant.archived": "tenant",
    "tenant.deleted": "tenant",
    "tenant.frozen": "tenant",
    "user.deleted": "user",
    "user.purged": "user",
    "user.deactivated": "user",
    "user.frozen": "user",
    "user.password_changed": "user",
    _SESSION_ENDED: "session",
}


def mark_of(event: Event) -> Mark | None:
    """What ``event`` revokes, if anything."""
    subject = _REVOKES.get(event.type) or _of_status(event)
    if subject is None or event.resource_id is None:
        return None
    return Mark(subject, str(event.resource_id), int(event.occurred_at.timestamp() * 1000))


def _of_status(event: Event) -> Subject | None:
    """An update that took somebody out of service revokes as well."""
    noun, _, verb = event.type.partition(".")
    status = (event.new_value or {}).get("status")
    if verb != "updated" or status in (None, "active"):
        return None
    return "tenant" if noun == "tenant" else "user"


def left_by(event: Event) -> UUID | None:
    """Who is no active member of an application any more, by this event."""
    if event.type == "application.member_removed":
        return UUID(str((event.old_value or {})["user_id"]))
    member = event.new_value or {}
    if event.type != "application.member_updated" or member.get("status", "active") == "active":
        return None
    return UUID(str(member["user_id"]))


class EventHandler:
    """Takes in events; safe to be given the same one again."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime

    async def take(self, events: Sequence[Event]) -> None:
        """Takes a batch; raising has it delivered again."""
        await self._end_sessions([event for event in events if event.type == _SESSION_ENDED])
        for event in events:
            if event.type != _SESSION_ENDED:
                await self._take(event)

    async def _end_sessions(self, events: Sequence[Event]) -> None:
        """Together, because they come by the thousands when a tenant is suspended, and others' events wait behind."""
        marks: defaultdict[UUID, list[Mark]] = defaultdict(list)
        for event in events:
            if (mark := mark_of(event)) is not None:
                marks[event.tenant_id].append(mark)
        stored: list[Stored] = []
        for tenant_id, ended in marks.items():
            async with self._runtime.database.plain(tenant_id) as session:
                stored += await revoke(session, tenant_id, ended, _SESSION_ENDED)
        await self._runtime.get(Announcer).announce(stored)

    async def _take(self, event: Event) -> None:
        mark = mark_of(event)
        async with self._runtime.database.tenant(event.tenant_id) as session:
            await self._keys(session, event)
            if event.type == "user.deleted" and event.resource_id is not None:
                await forget_consents(session, event.tenant_id, user_id=event.resource_id)
            if event.type == "user.purged" and event.resource_id:
                await delete_of_user(session, event.tenant_id, event.resource_id)
            marks = await revoke(session, event.tenant_id, [mark] if mark else [], event.type)
            if event.type == "session.expired" and event.resource_id is not None:
                dead = await families.end_online(session, event.resource_id, event.type)
                marks += await revoke(session, event.tenant_id, dead, event.type)
        if event.type == "tenant.deleted":
            self._runtime.get(Keyring).forget(event.tenant_id)
        await self._runtime.get(Announcer).announce(marks)
        await self._member_left(event)

    async def _member_left(self, event: Event) -> None:
        """Whoever is no active member of an isolated application loses what they have there."""
        user_id = left_by(event)
        if user_id is None or event.resource_id is None:
            return
        try:
            application = await self._runtime.get(Applications).ask(event.tenant_id, event.resource_id)
        except NotFound:
            return  # deleted: its clients are too
        if application.isolation_enabled:
            at_ms = int(event.occurred_at.timestamp() * 1000)
            await end_access(self._runtime, event.tenant_id, event.resource_id, user_id, at_ms=at_ms)

    async def _keys(self, session: AsyncSession, event: Event) -> None:
        if event.type == "tenant.created":
            await ensure_keys(session, self._runtime.get(Keyring).sealer, event.tenant_id)
        elif event.type == "tenant.deleted":
            await withdraw_keys(session, event.tenant_id)
