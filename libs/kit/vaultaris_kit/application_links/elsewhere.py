"""For services that don't own applications: links to what they own, and its end together with an application."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from grpc import aio
from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from vaultaris.applications.v1.applications_pb2 import CountOwnedRequest, CountOwnedResponse
from vaultaris.applications.v1.applications_pb2_grpc import (
    ApplicationResourcesServiceServicer,
    add_ApplicationResourcesServiceServicer_to_server,
)
from vaultaris_kit.application_links.kinds import Kind
from vaultaris_kit.applications import Applications
from vaultaris_kit.errors import NotFound
from vaultaris_kit.events import Event
from vaultaris_kit.principal import Principal, PrincipalKind
from vaultaris_kit.rpc.fields import id_in
from vaultaris_kit.service import Runtime

SUBJECTS: Final = ("directory.application.deleted",)
_BATCH: Final = 200


@asynccontextmanager
async def in_application(
    runtime: Runtime, tenant_id: UUID, application_id: UUID, *, to_change: bool = False
) -> AsyncIterator[AsyncSession]:
    """The :attr:`Kind.opening` of these services: the directory is asked first, and never in the transaction."""
    applications = runtime.get(Applications)
    await (applications.ask_to_change if to_change else applications.ask)(tenant_id, application_id)
    async with runtime.database.tenant(tenant_id) as session:
        yield session


@dataclass(frozen=True)
class Owned:
    """A kind, and how one of it is deleted in a transaction of its own. Raises NotFound for what is gone already."""

    kind: Kind
    delete: Callable[[Runtime, Principal, UUID, UUID], Awaitable[None]]


class OwnedResources(ApplicationResourcesServiceServicer):
    """One a service: counts what applications own here, and deletes it after them."""

    def __init__(self, runtime: Runtime, owned: Sequence[Owned]) -> None:
        self._runtime, self._owned = runtime, owned

    def start(self) -> None:
        """Begins to answer and to follow."""
        add_ApplicationResourcesServiceServicer_to_server(self, self._runtime.grpc)
        self._runtime.consume("applications", SUBJECTS, self.take)

    async def take(self, events: Sequence[Event]) -> None:
        """Follows deleted applications; safe to be given the same again, and to be broken off in between."""
        for event in events:
            if event.resource_id is None:
                continue
            for owned in self._owned:
                while await self._delete_some(owned, event, event.resource_id):
                    pass

    async def _delete_some(self, owned: Owned, event: Event, application_id: UUID) -> bool:
        """Deletes a batch, or else the links that are left; says whether there may be more to do."""
        links = owned.kind.links
        here = (links.tenant_id == event.tenant_id, links.application_id == application_id)
        async with self._runtime.database.tenant(event.tenant_id) as session:
            made_inside = select(links.resource_id).where(*here, links.is_owned.is_(True)).limit(_BATCH)
            ids = (await session.execute(made_inside)).scalars().all()
            left = (
                ()
                if ids
                else (await session.execute(delete(links).where(*here).returning(links.resource_id))).scalars()
            )
            unlinked = list(left)
        for resource_id in ids:
            try:
                await owned.delete(self._runtime, actor_of(event), event.tenant_id, resource_id)
            except NotFound:
                continue
        if unlinked:
            await owned.kind.changed(self._runtime, unlinked)
        return bool(ids)

    async def CountOwned(  # noqa: N802 - the name in the proto
        self, request: CountOwnedRequest, _context: "aio.ServicerContext[Any, Any]"
    ) -> CountOwnedResponse:
        tenant_id = id_in("tenant_id", request.tenant_id)
        application_id = id_in("application_id", request.application_id)
        async with self._runtime.database.tenant(tenant_id) as session:
            counts = {each.kind.plural: await _count(session, each.kind, application_id) for each in self._owned}
        return CountOwnedResponse(counts={plural: count for plural, count in counts.items() if count})


def actor_of(event: Event) -> Principal:
    """Whoever did what the event tells: what follows from it is their doing too."""
    kind: PrincipalKind = event.actor_type  # type: ignore[assignment]  # events are written from principals alone
    return Principal(kind, event.actor_id or UUID(int=0), event.actor_tenant_id or event.tenant_id)


async def _count(session: AsyncSession, kind: Kind, application_id: UUID) -> int:
    rows = select(func.count()).where(kind.links.application_id == application_id, kind.links.is_owned.is_(True))
    return int((await session.execute(rows)).scalar_one())
