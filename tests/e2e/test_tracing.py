"""One trace across the gateway, services, SQL and events, exported to a collector of our own."""

from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import grpc
import pytest
from opentelemetry.proto.collector.trace.v1 import trace_service_pb2, trace_service_pb2_grpc

from conftest import UNLIMITED
from tests.e2e.world import Api, open_world
from tests.eventually import eventually
from vaultaris_stack.local import LocalStack

pytestmark = pytest.mark.timeout(180)
TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"


class Collector(trace_service_pb2_grpc.TraceServiceServicer):
    """Takes spans in and keeps their names by trace and service."""

    def __init__(self) -> None:
        self.spans: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
        self.values: set[str] = set()

    def Export(self, request: Any, context: Any) -> Any:  # noqa: N802 - gRPC's name
        for resource in request.resource_spans:
            names = {each.key: each.value.string_value for each in resource.resource.attributes}
            for scope in resource.scope_spans:
                for span in scope.spans:
                    self.spans[span.trace_id.hex()][names.get("service.name", "?")].add(span.name)
                    self.values |= {each.value.string_value for each in span.attributes}
        return trace_service_pb2.ExportTraceServiceResponse()


@pytest.fixture(scope="module")
def collector() -> Iterator[tuple[Collector, str]]:
    server, taking = grpc.server(ThreadPoolExecutor(4)), Collector()
    trace_service_pb2_grpc.add_TraceServiceServicer_to_server(taking, server)  # type: ignore[no-untyped-call]  # generated without types
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    yield taking, f"http://127.0.0.1:{port}"
    server.stop(0)


@pytest.fixture(scope="module")
def traced(collector: tuple[Collector, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalStack]:
    """A stack of its own that exports its traces."""
    directory: Path = tmp_path_factory.mktemp("traced")
    stack = LocalStack(directory, environ={**UNLIMITED, "OTEL_EXPORTER_OTLP_ENDPOINT": collector[1]})
    stack.start()
    yield stack
    stack.stop()


class TestTraces:
    async def test_one_trace_tells_the_whole_way(self, collector: tuple[Collector, str], traced: LocalStack) -> None:
        world = await open_world(traced.url)
        headers = {"traceparent": f"00-{TRACE}-00f067aa0ba902b7-01"}
        body = {"name": "Traced", "slug": "traced"}
        api = Api(traced.url, world.admin.token)
        await api.expect(201, "POST", "/api/v1/tenants", json=body, headers=headers)

        async def seen() -> dict[str, set[str]]:
            return dict(collector[0].spans[TRACE])

        wanted = {"vaultaris-gateway", "vaultaris-directory", "vaultaris-auth", "vaultaris-audit"}
        spans = await eventually(seen, lambda found: wanted <= found.keys(), within=30)
        assert any("POST" in name for name in spans["vaultaris-directory"])
        assert any(name.upper().startswith("INSERT") for name in spans["vaultaris-directory"])
        assert any("ProvisionTenant" in name for name in spans["vaultaris-auth"])
        assert "consume tenant.created" in spans["vaultaris-audit"]

    async def test_probes_make_no_traces(self, collector: tuple[Collector, str], traced: LocalStack) -> None:
        names = {name for trace in collector[0].spans.values() for service in trace.values() for name in service}
        assert not any("readyz" in name or "metrics" in name for name in names)

    async def test_addresses_with_secrets_are_masked(
        self, collector: tuple[Collector, str], traced: LocalStack
    ) -> None:
        world = await open_world(traced.url)
        await world.admin.call("GET", "/api/v1/integration/session/validate", params={"token": "very-secret"})
        await world.admin.call("GET", "/api/v1/sessions/global/very-secret-too")

        async def names() -> set[str]:
            return {name for trace in collector[0].spans.values() for each in trace.values() for name in each}

        await eventually(names, lambda found: any("session/validate" in name for name in found), within=30)
        assert not [value for value in collector[0].values if "very-secret" in value]
