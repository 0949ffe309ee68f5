"""Whom an evaluation is about. Users are the directory's; what the caller says of them is ``subject.properties``."""

from dataclasses import replace
from uuid import UUID

from vaultaris.directory.v1.directory_pb2 import GetUserRequest
from vaultaris.directory.v1.directory_pb2_grpc import DirectoryServiceStub
from vaultaris_kit.rpc.client import Peers, call
from vaultaris_policy.authzen.schemas import Subject
from vaultaris_policy.checks.askers import Asker
from vaultaris_policy.checks.freshness import Freshness
from vaultaris_policy.checks.snapshots import Snapshots
from vaultaris_policy.engine.grants import NO_PERMISSIONS

USER = "user"


class Subjects:
    """Finds askers for one tenant."""

    def __init__(self, peers: Peers, snapshots: Snapshots, freshness: Freshness) -> None:
        self._peers, self._snapshots, self.freshness = peers, snapshots, freshness

    async def find(self, tenant_id: UUID, subject: Subject, fresh: str | None) -> tuple[UUID | None, Asker]:
        """The user's id, if it is one, and the asker. Raises :class:`NotFound` for an unknown user."""
        properties = subject.properties or {}
        if subject.type != USER:
            told = {"id": subject.id, "type": subject.type, "tenant_id": str(tenant_id), "properties": properties}
            return None, Asker(NO_PERMISSIONS, {**told, "roles": [], "groups": [], "attributes": {}})
        user_id = await self._user_id(tenant_id, subject.id)
        self.freshness.for_user(fresh, tenant_id, user_id)
        asker = (await self._snapshots.of_user(tenant_id, user_id)).asker
        if properties:
            asker = replace(asker, subject={**asker.subject, "properties": properties})
        return user_id, asker

    async def _user_id(self, tenant_id: UUID, ident: str) -> UUID:
        try:
            return UUID(ident)
        except ValueError:
            request = GetUserRequest(tenant_id=str(tenant_id), login=ident)
            user = await call(DirectoryServiceStub(self._peers.channel("directory")).GetUser, request)
            return UUID(user.id)
