"""What other services keep of an application. They delete it themselves, told by event; here is who may have it so."""

from typing import Final
from uuid import UUID

from vaultaris.applications.v1.applications_pb2 import CountOwnedRequest
from vaultaris.applications.v1.applications_pb2_grpc import ApplicationResourcesServiceStub
from vaultaris_kit.errors import Forbidden
from vaultaris_kit.rights import RightSet
from vaultaris_kit.rpc.client import Peers, call

_KINDS: Final = {"auth": ("clients", "identity-providers"), "policy": ("policies",)}


async def require_deletable(peers: Peers, held: RightSet, *, tenant_id: UUID, application_id: UUID) -> None:
    """Raises Forbidden when something was made inside that the caller may not delete.

    Who may delete every kind needs nobody's answer. Raises Unavailable when one that is needed doesn't come.
    """
    request = CountOwnedRequest(tenant_id=str(tenant_id), application_id=str(application_id))
    for service, kinds in _KINDS.items():
        lacking = [kind for kind in kinds if f"{kind}:delete" not in held]
        if not lacking:
            continue
        answer = await call(ApplicationResourcesServiceStub(peers.channel(service)).CountOwned, request)
        for kind in lacking:
            if answer.counts.get(kind):
                raise Forbidden(f"The right {kind}:delete is needed: {kind} were made inside this application.")
