"""Whoever leaves an isolated application has no sign-ins there any more: auth is told before we answer.

Auth also hears of it by event; that is the guarantee, this call is the speed.
"""

from uuid import UUID

from vaultaris.auth.v1.auth_pb2 import EndApplicationAccessRequest
from vaultaris.auth.v1.auth_pb2_grpc import AuthServiceStub
from vaultaris_directory.applications.models import Application
from vaultaris_kit.errors import Unavailable
from vaultaris_kit.revocation import CONFIRMED_SECONDS
from vaultaris_kit.rpc.client import Peers, call


async def end_access(peers: Peers, application: Application, user_id: UUID) -> None:
    """Ends what somebody who is no active member has there. Raises Unavailable when auth can't confirm it."""
    if not application.isolation_enabled:
        return
    request = EndApplicationAccessRequest(
        tenant_id=str(application.tenant_id), application_id=str(application.id), user_id=str(user_id)
    )
    try:
        await call(AuthServiceStub(peers.channel("auth")).EndApplicationAccess, request, timeout=2 * CONFIRMED_SECONDS)
    except Unavailable as away:
        raise Unavailable("The change is stored; the person's sign-ins end as soon as auth is back.") from away
