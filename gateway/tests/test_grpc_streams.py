"""Streams of the public gRPC API have no end of their own."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import grpc
import pytest_asyncio
from grpc import aio

from gateway.tests.rig.world import World
from vaultaris.decisions.v1.decisions_pb2 import DecisionsInvalidated, WatchDecisionsInvalidatedRequest
from vaultaris.decisions.v1.decisions_pb2_grpc import DecisionServiceStub
from vaultaris_kit.rpc.public import create_public_server, serve_public
from vaultaris_stack.ports import LOOPBACK

SERVICE = "vaultaris.decisions.v1.DecisionService"


async def watch(_request: Any, _context: Any) -> AsyncIterator[DecisionsInvalidated]:
    """Says something at once, and again after longer than any request may take or be silent."""
    yield DecisionsInvalidated(cursor="first")
    await asyncio.sleep(6.5)
    yield DecisionsInvalidated(cursor="second")


@pytest_asyncio.fixture
async def address() -> AsyncIterator[str]:
    """Where the slow service is."""
    server, port = create_public_server(f"{LOOPBACK}:0")
    handler = grpc.unary_stream_rpc_method_handler(
        watch,
        request_deserializer=WatchDecisionsInvalidatedRequest.FromString,
        response_serializer=DecisionsInvalidated.SerializeToString,
    )
    handlers = grpc.method_handlers_generic_handler(SERVICE, {"WatchDecisionsInvalidated": handler})
    server.add_generic_rpc_handlers((handlers,))
    serving = asyncio.create_task(serve_public(server, SERVICE, grace=0))
    yield f"{LOOPBACK}:{port}"
    serving.cancel()
    await asyncio.wait([serving])


async def test_a_watch_outlasts_every_bound_of_requests(world: World, address: str) -> None:
    """With a second for requests, they may last for two and be silent for six."""
    envoy = await world.envoy("streams", POLICY_PUBLIC_GRPC=address, REQUEST_TIMEOUT_SECS="1")
    async with aio.insecure_channel(f"{LOOPBACK}:{envoy.port}") as channel:
        call = DecisionServiceStub(channel).WatchDecisionsInvalidated(WatchDecisionsInvalidatedRequest())
        assert [message.cursor async for message in call] == ["first", "second"]
