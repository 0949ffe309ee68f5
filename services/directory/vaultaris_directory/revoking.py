"""Ending credentials at once: auth is told after our commit and before our answer.

Auth also hears of the same changes by event; that is the guarantee, this call is the speed.
"""

from collections.abc import Sequence
from uuid import UUID

from vaultaris.auth.v1.auth_pb2 import Revocation, RevokeRequest
from vaultaris.auth.v1.auth_pb2_grpc import AuthServiceStub
from vaultaris_kit.errors import Unavailable
from vaultaris_kit.logs import get_logger
from vaultaris_kit.revocation import CONFIRMED_SECONDS
from vaultaris_kit.rpc.client import Peers, call

log = get_logger(__name__)


async def revoke_user(peers: Peers, tenant_id: UUID, user_id: UUID, reason: str) -> None:
    """Ends every credential of a user issued until now. Raises Unavailable when auth can't confirm it."""
    await _revoke(peers, tenant_id, [Revocation(subject=Revocation.SUBJECT_USER, id=str(user_id))], reason)


async def revoke_users(peers: Peers, tenant_id: UUID, user_ids: Sequence[UUID], reason: str) -> None:
    """The same for several. Raises Unavailable when auth can't confirm it."""
    marks = [Revocation(subject=Revocation.SUBJECT_USER, id=str(user_id)) for user_id in user_ids]
    await _revoke(peers, tenant_id, marks, reason)


async def revoke_tenant(peers: Peers, tenant_id: UUID, reason: str) -> None:
    """Ends every credential of a tenant issued until now. Raises Unavailable when auth can't confirm it."""
    await _revoke(peers, tenant_id, [Revocation(subject=Revocation.SUBJECT_TENANT, id=str(tenant_id))], reason)


async def _revoke(peers: Peers, tenant_id: UUID, revocations: Sequence[Revocation], reason: str) -> None:
    request = RevokeRequest(tenant_id=str(tenant_id), revocations=revocations, reason=reason)
    try:
        await call(AuthServiceStub(peers.channel("auth")).Revoke, request, timeout=CONFIRMED_SECONDS)
    except Unavailable as away:
        log.warning("revocation_pending", reason=reason)
        raise Unavailable("The change is stored; the credentials end as soon as auth is back.") from away
