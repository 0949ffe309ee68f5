"""What an owner of limited things does about them: answers the directory, and follows its licences by event."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from grpc import aio
from sqlalchemy.ext.asyncio import AsyncSession

from vaultaris.licensing.v1.licensing_pb2 import (
    CountResourcesRequest,
    CountResourcesResponse,
    FrozenResource,
    ListFrozenRequest,
    ListFrozenResponse,
)
from vaultaris.licensing.v1.licensing_pb2_grpc import LicensingServiceServicer, add_LicensingServiceServicer_to_server
from vaultaris_kit.errors import NotFound, Unavailable
from vaultaris_kit.events import Event
from vaultaris_kit.limits.capped import Capped
from vaultaris_kit.limits.counting import count
from vaultaris_kit.limits.following import note_limit
from vaultaris_kit.limits.frozen import MAX_FROZEN, list_frozen
from vaultaris_kit.limits.settling import settle
from vaultaris_kit.logs import get_logger
from vaultaris_kit.principal import SYSTEM
from vaultaris_kit.rpc.fields import id_in
from vaultaris_kit.service import Runtime

log = get_logger(__name__)

SUBJECTS: Final = ("directory.tenant.license_changed",)


@dataclass(frozen=True)
class Owned:
    """Something limited, and what else happens in the transaction that freezes or thaws one of it.

    ``describe`` is the metadata of its events. ``frozen`` gets the rows that were frozen, and gives back what is to
    be done once the transaction is over.
    """

    capped: Capped
    describe: Callable[[Any], dict[str, Any]] = lambda _row: {}
    frozen: Callable[[AsyncSession, UUID, Sequence[Any]], Awaitable[Callable[[], Awaitable[None]]]] | None = None


class LimitKeeper(LicensingServiceServicer):
    """One a service. Count and freeze are exact; following a changed licence takes as long as its event."""

    def __init__(self, runtime: Runtime, owned: Sequence[Owned]) -> None:
        self._runtime, self._owned = runtime, owned

    def start(self) -> None:
        """Begins to answer and to follow."""
        add_LicensingServiceServicer_to_server(self, self._runtime.grpc)
        self._runtime.consume("limits", SUBJECTS, self.take)

    async def take(self, events: Sequence[Event]) -> None:
        """Brings every tenant whose licence has changed in line; safe to be given the same again."""
        for tenant_id in dict.fromkeys(event.tenant_id for event in events):
            await self.follow(tenant_id)

    async def follow(self, tenant_id: UUID) -> None:
        """Freezes and thaws until all is in line with the licence."""
        try:
            await self._bring_in_line(tenant_id, self._owned)
        except NotFound:
            return  # deleted: nothing of it can be used anyway

    async def fill(self, tenant_id: UUID, resource: str) -> None:
        """Called after something was deleted: what was frozen takes the free place.

        With the directory away nobody knows the limit; the next deletion, or change of licence, makes up for it.
        """
        owned = next(each for each in self._owned if each.capped.resource == resource)
        try:
            if (await self._runtime.access.tenant(tenant_id)).limits.get(resource) is not None:
                await self._bring_in_line(tenant_id, [owned])
        except (Unavailable, NotFound):
            log.warning("place_left_free", resource=resource)

    async def _bring_in_line(self, tenant_id: UUID, owned: Sequence[Owned]) -> None:
        """Asks the directory, not the event, which may be late.

        It asks once more in the end: while somebody else follows a newer licence, an older one must not have the last
        word.
        """
        told, tenant = None, await self._runtime.access.source.tenant(tenant_id)
        while told is None or (dict(told.limits), told.limit_reason) != (dict(tenant.limits), tenant.limit_reason):
            for each in owned:
                limit = tenant.limits.get(each.capped.resource)
                while await self._settle(each, tenant_id, limit, tenant.limit_reason):
                    pass
            told, tenant = tenant, await self._runtime.access.source.tenant(tenant_id)

    async def _settle(self, owned: Owned, tenant_id: UUID, limit: int | None, reason: str) -> bool:
        """One transaction; says whether there may be more to do."""
        outbox, noun = self._runtime.service.outbox, owned.capped.noun
        async with self._runtime.database.tenant(tenant_id) as session:
            settled = await settle(session, owned.capped, tenant_id, limit, reason)
            await note_limit(session, owned.capped, tenant_id, limit)
            for rows, verb in ((settled.thawed, "thawed"), (settled.frozen, "frozen")):
                for row in rows:
                    outbox.emit(
                        session, SYSTEM, f"{noun}.{verb}", tenant_id, resource_type=noun, resource_id=row.id,
                        new={"freeze_reason": row.freeze_reason}, metadata=owned.describe(row),
                    )  # fmt: skip
            after = await owned.frozen(session, tenant_id, settled.frozen) if owned.frozen and settled.frozen else None
        if after is not None:
            await after()
        return settled.full

    async def CountResources(  # noqa: N802 - the name in the proto
        self, request: CountResourcesRequest, _context: "aio.ServicerContext[Any, Any]"
    ) -> CountResourcesResponse:
        tenant_id = id_in("tenant_id", request.tenant_id)
        async with self._runtime.database.tenant(tenant_id) as session:
            counts = {owned.capped.resource: await count(session, owned.capped, tenant_id) for owned in self._owned}
        return CountResourcesResponse(counts=counts)

    async def ListFrozen(  # noqa: N802 - as above
        self, request: ListFrozenRequest, _context: "aio.ServicerContext[Any, Any]"
    ) -> ListFrozenResponse:
        tenant_id, wanted = id_in("tenant_id", request.tenant_id), request.resource_type
        kinds = [each.capped for each in self._owned if wanted in ("", each.capped.noun)]
        async with self._runtime.database.tenant(tenant_id) as session:
            rows, total = await list_frozen(
                session, kinds, tenant_id,
                search=request.search, ascending=request.ascending, limit=max(0, min(request.limit, MAX_FROZEN)),
            )  # fmt: skip
        items = [
            FrozenResource(
                resource_type=row.resource_type, id=str(row.resource_id), name=row.name,
                freeze_reason=row.freeze_reason, frozen_at_us=round(row.frozen_at.timestamp() * 1_000_000),
            )
            for row in rows
        ]  # fmt: skip
        return ListFrozenResponse(items=items, total=total)
