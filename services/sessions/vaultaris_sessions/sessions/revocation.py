"""Telling everybody that sessions are over, before the caller is told that it is done."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from vaultaris.auth.v1.auth_pb2 import Revocation, RevokeRequest
from vaultaris.auth.v1.auth_pb2_grpc import AuthServiceStub
from vaultaris_kit.errors import Unauthorized, Unavailable
from vaultaris_kit.ids import now
from vaultaris_kit.principal import Principal
from vaultaris_kit.revocation import CONFIRMED_SECONDS, MAX_ACCESS_TOKEN_SECONDS, Revocations, session_key, user_key
from vaultaris_kit.rpc.client import Peers, call
from vaultaris_sessions.sessions.models import Session
from vaultaris_sessions.sessions.operations import SignIn


@dataclass(frozen=True)
class Announcer:
    """Has auth write revocations, and asks whether one has come already.

    The end of a session is durable, and its event reaches auth in any case. But as long as auth has not
    confirmed, tokens of the session may still be honoured somewhere, so the caller gets 503 instead of
    a success that is not yet true; asking again is harmless and announces again.
    """

    peers: Peers
    revocations: Revocations

    async def session(self, tenant_id: UUID, session_id: UUID) -> None:
        """Revokes every token of a session. Raises :class:`Unavailable`."""
        await self._revoke(tenant_id, Revocation(subject=Revocation.SUBJECT_SESSION, id=str(session_id)))
        self.revocations.apply(session_key(session_id), _milliseconds(now()) + MAX_ACCESS_TOKEN_SECONDS * 1000)

    async def user(self, tenant_id: UUID, user_id: UUID) -> None:
        """Revokes every token and refresh family that a user has. Raises :class:`Unavailable`."""
        await self._revoke(tenant_id, Revocation(subject=Revocation.SUBJECT_USER, id=str(user_id)))
        self.revocations.apply(user_key(user_id), _milliseconds(now()))

    async def _revoke(self, tenant_id: UUID, mark: Revocation) -> None:
        """Has auth write the mark, dated by its own clock, which also dates the tokens.

        Who calls this takes the mark in here too, at once: the watch brings it a moment later.
        """
        request = RevokeRequest(tenant_id=str(tenant_id), revocations=[mark], reason="session revoked")
        try:
            await call(AuthServiceStub(self.peers.channel("auth")).Revoke, request, timeout=CONFIRMED_SECONDS)
        except Unavailable as away:
            message = "The end is recorded and will be enforced, but could not be confirmed yet; try again."
            raise Unavailable(message) from away

    async def is_revoked(self, begun: SignIn | Session) -> bool:
        """Whether a revocation covers a session of which this service may not have known yet.

        Raises :class:`Unavailable` when nobody can tell.
        """
        person = Principal(
            kind="user",
            id=begun.user_id,
            tenant_id=begun.tenant_id,
            session_id=begun.id,
            issued_ms=_milliseconds(begun.created_at),
        )
        try:
            await self.revocations.check(person)
        except Unauthorized:
            return True
        return False


def _milliseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)
