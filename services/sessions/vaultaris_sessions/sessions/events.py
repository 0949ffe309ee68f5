"""What other services' events mean for sessions.

Auth's ``session.started`` begins a session when its call did not arrive, ``auth.token.issued`` shows that one
is in use; the directory's events end those of users and tenants that may no longer act.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final, TypeVar
from uuid import UUID

import msgspec

from vaultaris_kit.database import Database
from vaultaris_kit.errors import Conflict
from vaultaris_kit.events import Event
from vaultaris_kit.logs import get_logger
from vaultaris_kit.principal import SYSTEM
from vaultaris_sessions.sessions.ending import end_all
from vaultaris_sessions.sessions.lifetimes import Lifetimes
from vaultaris_sessions.sessions.operations import LOGOUT, SignIn, end_session, start_session
from vaultaris_sessions.sessions.recent import RecentSignIns
from vaultaris_sessions.sessions.repository import touch
from vaultaris_sessions.sessions.revocation import Announcer

log = get_logger(__name__)

SUBJECTS: Final = (
    "auth.session.started",
    "auth.session.logged_out",
    "auth.auth.token.issued",
    "directory.user.>",
    "directory.tenant.>",
)
GATHER_SECONDS: Final = 0.1
"""How long events gather between two batches: by the time they come, those who revoke have been heard already."""
USER_ENDINGS: Final = frozenset(
    {"user.deleted", "user.purged", "user.deactivated", "user.frozen", "user.password_changed"}
)
TENANT_ENDINGS: Final = frozenset({"tenant.deleted", "tenant.suspended", "tenant.archived", "tenant.frozen"})


class StartedFacts(msgspec.Struct, frozen=True):
    """``new_value`` of ``session.started``: the fields of ``StartSessionRequest``, empty ones as in the proto."""

    user_id: UUID
    expires_at: int = 0
    idle_until: int = 0
    created_at_ms: int = 0
    client_id: str = ""
    auth_method: str = ""
    mfa_verified: bool = False
    ip_address: str = ""
    user_agent: str = ""
    device_fingerprint: str = ""


class IssuedFacts(msgspec.Struct, frozen=True):
    """``metadata`` of ``auth.token.issued``; tokens of clients belong to no session. Seconds since the epoch."""

    sid: UUID | None = None
    expires_at: int = 0


class Inbox:
    """Takes in events, in batches; each of them may come more than once and late."""

    def __init__(self, database: Database, announcer: Announcer, lifetimes: Lifetimes, recent: RecentSignIns) -> None:
        self._database, self._announcer, self._lifetimes, self._recent = database, announcer, lifetimes, recent

    async def take(self, events: Sequence[Event]) -> None:
        """Acts on a batch; raising has it delivered again."""
        for event in events:
            if event.type == "session.started":
                await self._begin(event)
            elif event.type == "session.logged_out":
                await self._log_out(event)
            elif event.type in USER_ENDINGS | TENANT_ENDINGS or _stops_user(event):
                await self._end(event)
        await self._touch([event for event in events if event.type == "auth.token.issued"])

    async def _begin(self, event: Event) -> None:
        sign_in = sign_in_of(event)
        if sign_in is None or sign_in.id in self._recent:
            return
        revoked = await self._announcer.is_revoked(sign_in)
        try:
            await start_session(self._database, sign_in, self._lifetimes, revoked=revoked)
        except Conflict:
            log.error("session_id_taken", session_id=str(sign_in.id))

    async def _log_out(self, event: Event) -> None:
        """Auth has told us over gRPC; this is for the case that we did not hear it."""
        if event.resource_id is not None:
            async with self._database.tenant(event.tenant_id) as session:
                await end_session(session, tenant_id=event.tenant_id, session_id=event.resource_id, reason=LOGOUT)

    async def _end(self, event: Event) -> None:
        await end_all(
            self._database,
            SYSTEM,
            tenant_id=event.tenant_id,
            user_id=None if event.type in TENANT_ENDINGS else event.resource_id,
            started_by=event.occurred_at,
            reason=event.type,
        )

    async def _touch(self, events: Sequence[Event]) -> None:
        latest: dict[UUID, tuple[UUID, datetime, datetime | None]] = {}
        for event in sorted(events, key=lambda each: each.occurred_at):
            facts = _facts(event, event.metadata, IssuedFacts)
            if facts is not None and facts.sid is not None:
                latest[facts.sid] = (facts.sid, event.occurred_at, _moment(facts.expires_at))
        if latest:
            async with self._database.hot(None) as connection:
                await touch(connection, list(latest.values()), self._lifetimes.idle)


Facts = TypeVar("Facts", StartedFacts, IssuedFacts)


def _facts(event: Event, source: dict[str, Any] | None, kind: type[Facts]) -> Facts | None:
    """The facts, or None when the event lacks them: delivering it again would not help."""
    try:
        return msgspec.convert(source or {}, kind)
    except msgspec.ValidationError as fault:
        log.error("event_malformed", type=event.type, event_id=str(event.id), fault=str(fault))
        return None


def sign_in_of(event: Event) -> SignIn | None:
    """What a ``session.started`` event tells; None when it is malformed."""
    facts = _facts(event, event.new_value, StartedFacts)
    if facts is None or event.resource_id is None:
        return None
    return SignIn(
        id=event.resource_id,
        tenant_id=event.tenant_id,
        user_id=facts.user_id,
        created_at=_moment(facts.created_at_ms / 1000) or event.occurred_at,
        expires_at=_moment(facts.expires_at),
        idle_until=_moment(facts.idle_until),
        client_id=facts.client_id or None,
        auth_method=facts.auth_method or None,
        mfa_verified=facts.mfa_verified,
        ip_address=facts.ip_address or event.actor_ip,
        user_agent=facts.user_agent or event.actor_user_agent,
        device_fingerprint=facts.device_fingerprint or None,
    )


def _stops_user(event: Event) -> bool:
    """Whether a change left the user in a state in which nobody may act."""
    status = (event.new_value or {}).get("status", "active")
    return event.type == "user.updated" and event.resource_id is not None and status != "active"


def _moment(seconds: float) -> datetime | None:
    """Seconds since the epoch as a moment; 0 says nothing."""
    return datetime.fromtimestamp(seconds, UTC) if seconds else None
