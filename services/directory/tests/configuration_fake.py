"""Owners of the rest of a tenant's configuration, over real gRPC: they agree to everything, unless they are away."""

import asyncio
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import grpc
import msgspec
from grpc import aio

from vaultaris.configuration.v1.configuration_pb2 import ApplyRequest, ApplyResponse, ExportRequest, ExportResponse
from vaultaris.configuration.v1.configuration_pb2_grpc import ConfigurationServiceServicer
from vaultaris_kit.ids import new_id

Context = aio.ServicerContext[Any, Any]
SECTIONS = ("clients", "identity_providers", "policies")


@dataclass
class Hold:
    """Makes a call wait: :attr:`reached` says that it does."""

    dry_run: bool = False
    reached: asyncio.Event = field(default_factory=asyncio.Event)
    may_go_on: asyncio.Event = field(default_factory=asyncio.Event)


@dataclass
class FakeConfiguration(ConfigurationServiceServicer):
    """Stands for auth and policy. ``away`` after the dry run is how an owner leaves a part behind.

    ``applied`` is what was put in, in that order; dry runs are not among it. The next call that ``holding`` is for
    waits.
    """

    away: bool = False
    clients: dict[str, UUID] = field(default_factory=dict)
    applied: list[ApplyRequest] = field(default_factory=list)
    holding: Hold | None = None

    async def Export(self, request: ExportRequest, context: Context) -> ExportResponse:  # noqa: N802 - named by the proto
        return ExportResponse(sections=msgspec.json.encode({name: [] for name in SECTIONS}))

    async def Apply(self, request: ApplyRequest, context: Context) -> ApplyResponse:  # noqa: N802 - as above
        report: dict[str, Any] = {"created": {}, "updated": {}, "skipped": {}, "errors": []}
        hold = self.holding
        if hold is not None and hold.dry_run == request.dry_run:
            self.holding = None
            hold.reached.set()
            await hold.may_go_on.wait()
        if not request.dry_run:
            if self.away:
                await context.abort(grpc.StatusCode.UNAVAILABLE, "away")
            self.applied.append(request)
        content = msgspec.json.decode(request.sections)
        if not request.dry_run:
            report["created"] = {name: len(content[name]) for name in SECTIONS if name in content}
        names = (client["client_id"] for client in content.get("clients", ()) if "client_id" in client)
        ids = {"clients": {name: str(self.clients.setdefault(name, new_id())) for name in names}}
        return ApplyResponse(report=msgspec.json.encode(report), ids=msgspec.json.encode(ids))
