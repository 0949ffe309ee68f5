"""The ways by which a user holds their roles, as the directory tells them."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from vaultaris.directory.v1.directory_pb2 import ExplainRolesRequest, ExplainRolesResponse
from vaultaris.directory.v1.directory_pb2_grpc import DirectoryServiceStub
from vaultaris_kit.rpc.client import Peers, call

Path = list[dict[str, str]]


class Ways:
    """Asked only for explanations: never cached, of this very moment."""

    def __init__(self, peers: Peers) -> None:
        self._peers = peers

    async def of_user(self, tenant_id: UUID, user_id: UUID) -> Sequence[ExplainRolesResponse.HeldRole]:
        """Raises :class:`NotFound`, :class:`Unavailable`."""
        stub = DirectoryServiceStub(self._peers.channel("directory"))
        request = ExplainRolesRequest(tenant_id=str(tenant_id), user_id=str(user_id))
        return (await call(stub.ExplainRoles, request)).roles

    async def add_to(self, traces: Sequence[Mapping[str, Any] | None], tenant_id: UUID, user_id: UUID) -> None:
        """Gives every grant in ``traces`` the ``paths`` by which its role is held; one call for all of them."""
        grants = [grant for trace in traces if trace is not None for grant in trace["grants"]]
        if not grants:
            return
        paths = {role.id: paths_of(role) for role in await self.of_user(tenant_id, user_id)}
        for grant in grants:
            grant["paths"] = paths.get(grant["role_id"], [])


def paths_of(role: ExplainRolesResponse.HeldRole) -> list[Path]:
    """Each from what the user was given or joined down to the role itself."""
    return [[{"kind": step.kind, "id": step.id, "name": step.name} for step in path.steps] for path in role.paths]
