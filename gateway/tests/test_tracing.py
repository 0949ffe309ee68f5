"""Traces begin at the gateway, go on to the services, and carry nothing of a path."""

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest_asyncio
from grpc import aio
from opentelemetry.proto.collector.trace.v1 import trace_service_pb2 as messages
from opentelemetry.proto.collector.trace.v1 import trace_service_pb2_grpc as service
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from gateway.tests.rig.upstream import header
from gateway.tests.rig.world import World
from vaultaris_stack.ports import LOOPBACK

SECRET = "s3cr3t-value"
REQUEST_ID = "0c9f2f52-1d5c-4f62-9d3a-2f4f0c1c9f11"
GIVEN = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


class Collector(service.TraceServiceServicer):
    """Takes in what Envoy exports."""

    def __init__(self) -> None:
        self.spans: asyncio.Queue[Span] = asyncio.Queue()

    async def Export(  # noqa: N802 - the method's name in the protocol
        self, request: messages.ExportTraceServiceRequest, context: object
    ) -> messages.ExportTraceServiceResponse:
        for resource in request.resource_spans:
            for scope in resource.scope_spans:
                for span in scope.spans:
                    self.spans.put_nowait(span)
        return messages.ExportTraceServiceResponse()


@pytest_asyncio.fixture
async def collector() -> AsyncIterator[tuple[Collector, str]]:
    """A collector and its address."""
    collector, server = Collector(), aio.server()
    service.add_TraceServiceServicer_to_server(collector, server)  # type: ignore[no-untyped-call]  # generated code
    port = server.add_insecure_port(f"{LOOPBACK}:0")
    await server.start()
    yield collector, f"http://{LOOPBACK}:{port}"
    await server.stop(grace=None)


class TestTracing:
    async def test_a_span_per_request_without_a_secret(self, world: World, collector: tuple[Collector, str]) -> None:
        taken, endpoint = collector
        envoy = await world.envoy("traced", OTEL_EXPORTER_OTLP_ENDPOINT=endpoint)
        async with httpx.AsyncClient(base_url=envoy.url) as http:
            path = f"/api/v1/sessions/global/{SECRET}?code={SECRET}"
            told = (await http.get(path, headers={"traceparent": GIVEN, "x-request-id": REQUEST_ID})).json()
        spans = [await asyncio.wait_for(taken.spans.get(), 10) for _ in range(2)]
        assert {span.trace_id.hex() for span in spans} == {GIVEN[3:35]}
        assert GIVEN[36:52] in {span.parent_span_id.hex() for span in spans}
        assert SECRET not in str(spans)
        assert "GET sessions" in {span.name for span in spans}
        assert header(told, "x-request-id") == REQUEST_ID
        named = {(each.key, each.value.string_value) for span in spans for each in span.attributes}
        assert ("guid:x-request-id", REQUEST_ID) in named
        passed_on = header(told, "traceparent")
        assert passed_on is not None
        assert passed_on.startswith(GIVEN[:36])
        assert passed_on != GIVEN
