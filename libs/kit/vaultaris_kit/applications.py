"""Facts of applications, for services that don't own them: asked of the directory, kept until its events say more."""

from uuid import UUID

from vaultaris.directory.v1.directory_pb2 import Application, GetApplicationRequest
from vaultaris.directory.v1.directory_pb2_grpc import DirectoryServiceStub
from vaultaris_kit.bus import Bus
from vaultaris_kit.cache import Cache
from vaultaris_kit.events import Event
from vaultaris_kit.limits.capped import refuse_frozen
from vaultaris_kit.rpc.client import Peers, call

_APPLICATIONS = 5_000
_SECONDS = 30.0


class Applications:
    """Finds applications. While NATS is away nothing is served from memory: an event could have been missed."""

    def __init__(self, peers: Peers, bus: Bus) -> None:
        self._peers, self._bus = peers, bus
        self._known: Cache[tuple[UUID, UUID], Application] = Cache("applications", size=_APPLICATIONS, max_age=_SECONDS)
        self._listening = False
        bus.on_gap.append(self._known.drop)

    async def listen(self) -> None:
        """Starts to take in changes."""
        await self._bus.listen(["directory.application.>"], self.invalidate)
        self._listening = True

    def invalidate(self, event: Event) -> None:
        """Drops the application that ``event`` tells of."""
        if event.resource_id is not None:
            self._known.drop_key((event.tenant_id, event.resource_id))

    async def get(self, tenant_id: UUID, application_id: UUID) -> Application:
        """The application, perhaps from memory. Raises :class:`NotFound`."""
        if self._listening and self._bus.connected:
            return await self._known.get_or_load(
                (tenant_id, application_id), lambda: self.ask(tenant_id, application_id)
            )
        return await self.ask(tenant_id, application_id)

    async def ask(self, tenant_id: UUID, application_id: UUID) -> Application:
        """The application, as the directory has it at this moment. Raises :class:`NotFound`."""
        request = GetApplicationRequest(tenant_id=str(tenant_id), id=str(application_id))
        return await call(DirectoryServiceStub(self._peers.channel("directory")).GetApplication, request)

    async def ask_to_change(self, tenant_id: UUID, application_id: UUID) -> Application:
        """The same, of which something is about to change. Raises :class:`Forbidden` too, for one that is frozen."""
        application = await self.ask(tenant_id, application_id)
        refuse_frozen("The application", application.freeze_reason)
        return application
