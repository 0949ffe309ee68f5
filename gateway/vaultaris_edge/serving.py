"""The life of edge: read the settings, listen on both ports, drain on SIGTERM, end."""

import asyncio
import contextlib
import gc
import sys
from collections.abc import AsyncIterator
from typing import Any

import uvloop
from pydantic import ValidationError

from vaultaris_edge.app import Edge, create_edge
from vaultaris_edge.limiter.protocol import LimiterProtocol
from vaultaris_edge.metrics.limiter import LimiterFigures
from vaultaris_edge.settings import EdgeSettings
from vaultaris_kit import telemetry
from vaultaris_kit.http.server import http_server, listen, stop_signal
from vaultaris_kit.logs import configure_logs, get_logger
from vaultaris_kit.metrics import REGISTRY, register_process_metrics

log = get_logger(__name__)


def serve() -> int:
    """Runs until SIGTERM or SIGINT. The exit code: 0 after a clean stop, 1 after a fault, 2 for bad settings."""
    try:
        settings = EdgeSettings()
    except ValidationError as refused:
        for fault in refused.errors(include_input=False, include_url=False):
            name = ".".join(str(part) for part in fault["loc"]).upper() or "settings"
            sys.stderr.write(f"edge: {name}: {fault['msg']}\n")
        return 2
    configure_logs("edge", settings)
    register_process_metrics()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(_serve(settings))


async def _serve(settings: EdgeSettings) -> int:
    tracing = telemetry.start_tracing("edge", settings)
    edge = create_edge(settings)
    REGISTRY.register(LimiterFigures(edge.limiter, edge.valkey))
    stop = stop_signal()
    http = http_server(edge.app, settings)
    async with _limiter(edge, settings) as keeper:
        serving = asyncio.create_task(http.serve(sockets=[listen(settings.server_host, settings.server_port)]))
        log.info("serving", http_port=settings.server_port, limiter_port=settings.limiter_port)
        gc.freeze()
        stopped = asyncio.create_task(stop.wait())
        ends: set[asyncio.Future[Any]] = {serving, stopped, keeper}
        await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        edge.draining = edge.limiter.draining = True
        log.info("draining")
        await asyncio.sleep(settings.drain_seconds)
        http.should_exit = True
        await serving
    if tracing:
        telemetry.stop_tracing()
    log.info("stopped")
    return 0 if stop.is_set() else 1


@contextlib.asynccontextmanager
async def _limiter(edge: Edge, settings: EdgeSettings) -> AsyncIterator["asyncio.Future[None]"]:
    """The limiter's port and its connection to Valkey; yields what ends only if that connection's keeper fails."""
    keeper: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    if edge.valkey:
        keeper = asyncio.create_task(edge.valkey.run())
    listener = listen(settings.server_host, settings.limiter_port)
    server = await asyncio.get_running_loop().create_server(lambda: LimiterProtocol(edge.limiter), sock=listener)
    try:
        yield keeper
    finally:
        server.close()
        keeper.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await keeper
