"""Whether a session is good: it lives, nothing revoked it, and its user may act."""

from uuid import UUID

from vaultaris.directory.v1.directory_pb2 import User
from vaultaris_kit.access import Access
from vaultaris_kit.authn import Authenticator
from vaultaris_kit.database import Database
from vaultaris_kit.errors import NotFound, Unauthorized
from vaultaris_kit.principal import Principal
from vaultaris_sessions.sessions.models import Session
from vaultaris_sessions.sessions.repository import SessionRepository
from vaultaris_sessions.sessions.revocation import Announcer
from vaultaris_sessions.validation.schemas import SessionValidation, ValidatedSession, ValidatedUser

UNKNOWN, ENDED, EXPIRED, REVOKED, USER_INACTIVE = "unknown", "ended", "expired", "revoked", "user_inactive"


class Validator:
    """Answers for callers of one tenant, and only about sessions of that tenant."""

    def __init__(self, database: Database, access: Access, authenticator: Authenticator, announcer: Announcer) -> None:
        self._database, self._access = database, access
        self._authenticator, self._announcer = authenticator, announcer

    async def validate(self, principal: Principal, token: str) -> SessionValidation:
        """Looks up what ``token`` names: a session's id, or an access token that was issued to it."""
        session_id = await self._session_id(principal.tenant_id, token)
        row = await self._find(principal.tenant_id, session_id) if session_id else None
        if row is None:
            return SessionValidation(valid=False, error=UNKNOWN)
        error = await self._fault(row)
        user = None if error else await self._user(row)
        if error is None and user is None:
            error = USER_INACTIVE
        return SessionValidation(
            valid=error is None, session=_session_out(row, error), user=user and _user_out(user), error=error
        )

    async def _session_id(self, tenant_id: UUID, token: str) -> UUID | None:
        if token.count(".") != 2:  # noqa: PLR2004 - a JWS has two dots
            return _uuid(token)
        try:
            owner = await self._authenticator.verify_token(token)
        except Unauthorized:
            return None
        return owner.session_id if owner.tenant_id == tenant_id else None

    async def _find(self, tenant_id: UUID, session_id: UUID) -> Session | None:
        async with self._database.tenant(tenant_id) as session:
            return await SessionRepository(session, tenant_id).find(session_id)

    async def _fault(self, row: Session) -> str | None:
        if row.ended_at is not None:
            return EXPIRED if row.end_reason == EXPIRED else ENDED
        if not row.is_active:
            return EXPIRED
        return REVOKED if await self._announcer.is_revoked(row) else None

    async def _user(self, row: Session) -> User | None:
        try:
            effective = await self._access.of_user(row.tenant_id, row.user_id)
        except NotFound:
            return None
        return effective.answer.user if effective.active else None


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _session_out(row: Session, error: str | None) -> ValidatedSession:
    return ValidatedSession(
        user_id=row.user_id,
        tenant_id=row.tenant_id,
        is_active=row.is_active and error != REVOKED,
        mfa_verified=row.mfa_verified,
        expires_at=row.expires_at,
    )


def _user_out(user: User) -> ValidatedUser:
    return ValidatedUser(id=UUID(user.id), username=user.username, email=user.email)
