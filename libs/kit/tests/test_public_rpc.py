"""gRPC for the outside: credentials in metadata are what headers are over HTTP."""

from collections.abc import AsyncIterator
from typing import Any

import grpc
import pytest
import pytest_asyncio
from grpc import aio
from grpc_health.v1 import health_pb2, health_pb2_grpc

from vaultaris_kit.rpc.public import create_public_server, credentials_of


class Echo(health_pb2_grpc.HealthServicer):
    """Remembers the credentials of its last call."""

    def __init__(self) -> None:
        self.seen: list[str] = []

    async def Check(self, _request: Any, context: Any) -> Any:  # noqa: N802 - the name in the proto
        self.seen = credentials_of(context).getlist("dpop")
        return health_pb2.HealthCheckResponse()


@pytest_asyncio.fixture
async def echo() -> AsyncIterator[tuple[Echo, Any, aio.Channel]]:
    servicer, (server, port) = Echo(), create_public_server("127.0.0.1:0")
    health_pb2_grpc.add_HealthServicer_to_server(servicer, server)
    await server.start()
    async with aio.insecure_channel(f"127.0.0.1:{port}") as channel:
        yield servicer, health_pb2_grpc.HealthStub(channel), channel
    await server.stop(0)


async def test_two_proofs_stay_two(echo: tuple[Echo, Any, aio.Channel]) -> None:
    """So that they are refused (RFC 9449 section 4.3), rather than one of them chosen."""
    servicer, stub, _ = echo
    await stub.Check(health_pb2.HealthCheckRequest(), metadata=[("dpop", "one"), ("dpop", "two")])
    assert servicer.seen == ["one", "two"]


async def test_what_is_no_message_is_told_without_a_word_of_our_code(echo: tuple[Echo, Any, aio.Channel]) -> None:
    call: Any = echo[2].unary_unary("/grpc.health.v1.Health/Check")
    with pytest.raises(aio.AioRpcError) as refused:
        await call(b"\xff\xff\xff")
    assert refused.value.code() == grpc.StatusCode.INVALID_ARGUMENT
    assert refused.value.details() == "The message can't be read, or is nested too deeply."
