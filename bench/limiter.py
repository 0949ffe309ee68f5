"""The limiter's price: the same request through a gateway that asks it and through one that does not.

A third gateway asks an edge process with a limit of ten, so that nearly every request of its one client is over it:
the price of a flood.
"""

import asyncio
import contextlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

from bench.connection import Connection, compose
from bench.drive import measure
from bench.figures import Figures
from bench.place import Place
from bench.steps import repeat
from bench.table import render
from vaultaris_gateway import render as gateway
from vaultaris_stack.parts.programs import envoy
from vaultaris_stack.ports import LOOPBACK, free_port
from vaultaris_stack.probe import answers_ok

_CONNECTIONS = 64
_PATH = "/.well-known/openid-configuration"
_OK, _TOO_MANY = 200, 429
_LIMITS = ("envoy.filters.http.ext_authz", "envoy.filters.http.local_ratelimit")
_START_TRIES = 300

Change = Callable[[dict[str, Any]], None]


async def run(place: Place) -> str:
    """All three cases; the difference of the first two is what the limiter costs."""
    environ = place.stack.environ_of("edge") | _addresses(place)
    async with _gateway(environ, _without_limits) as (port, pid):
        free = await _measure(place, "without limiter", port, {"envoy": pid}, _OK)
    async with _gateway(environ, lambda _: None) as (port, pid):
        asking = await _measure(place, "with limiter", port, {"envoy": pid}, _OK)
    async with (
        _tight_edge(environ) as (limiter, edge_pid),
        _gateway(environ | {"EDGE_LIMITER": limiter}, lambda _: None) as (port, pid),
    ):
        over = await _measure(place, "over the limit", port, {"envoy": pid, "edge": edge_pid}, _TOO_MANY)
    price = (_cost(asking) - _cost(free)) * 1000
    return (
        f"{render([free, asking, over])}\nThe limiter costs {price:.0f} µs of CPU per request: Envoy, edge and Valkey."
    )


def _cost(figures: Figures) -> float:
    """Milliseconds of CPU per request in the processes that take part in limiting."""
    return sum(figures.cost(name) for name in ("envoy", "edge", "valkey"))


async def _measure(place: Place, name: str, port: int, pids: dict[str, int], status: int) -> Figures:
    address = f"{LOOPBACK}:{port}"
    connections = [Connection(address) for _ in range(_CONNECTIONS)]
    steps = [repeat(connection, [compose("GET", address, _PATH)], status) for connection in connections]
    try:
        return await measure(name, steps, place.pids | pids, place.bounds)
    finally:
        for connection in connections:
            connection.close()


def _addresses(place: Place) -> dict[str, str]:
    """Where the stack's services and limiter answer; edge's environment holds all of it but its own."""
    edge = place.stack.environ_of("edge")
    return {"EDGE_LIMITER": f"{LOOPBACK}:{edge['LIMITER_PORT']}", "EDGE_HTTP": f"{LOOPBACK}:{edge['SERVER_PORT']}"}


def _without_limits(config: dict[str, Any]) -> None:
    """Takes both tiers out of the filters."""
    chain = config["static_resources"]["listeners"][0]["filter_chains"][0]
    manager = chain["filters"][0]["typed_config"]
    manager["http_filters"] = [each for each in manager["http_filters"] if each["name"] not in _LIMITS]


@contextlib.asynccontextmanager
async def _gateway(environ: dict[str, str], change: Change) -> AsyncIterator[tuple[int, int]]:
    """An Envoy of our own in front of the stack's services; yields its port and pid."""
    port = free_port()
    config = json.loads(gateway.render(environ | {"SERVER_PORT": str(port), "ENVOY_ADMIN_SOCKET": ""}))
    change(config)
    with tempfile.TemporaryDirectory(prefix="vaultaris-bench-") as folder:
        file = Path(folder, "envoy.yaml")
        await asyncio.to_thread(file.write_text, json.dumps(config))
        command = [str(envoy()), "-c", str(file), "--concurrency", "2", "--disable-hot-restart", "-l", "error"]
        async with _process(command, {}, port, "/health") as pid:
            yield port, pid


@contextlib.asynccontextmanager
async def _tight_edge(environ: dict[str, str]) -> AsyncIterator[tuple[str, int]]:
    """An edge process with a limit of ten requests; yields its limiter's address and its pid."""
    http, limiter = free_port(), free_port()
    own = {
        "SERVER_PORT": str(http), "LIMITER_PORT": str(limiter),
        "RATE_LIMIT_MAX_REQUESTS": "10", "RATE_LIMIT_CREDENTIAL_MAX_REQUESTS": "10",
    }  # fmt: skip
    async with _process([sys.executable, "-m", "vaultaris_edge"], environ | own, http, "/readyz") as pid:
        yield f"{LOOPBACK}:{limiter}", pid


@contextlib.asynccontextmanager
async def _process(command: list[str], environ: dict[str, str], port: int, path: str) -> AsyncIterator[int]:
    """A child process that answers 200 on ``path`` of ``port``; ended in the end."""
    inherited = {"PATH": os.environ.get("PATH", "")}
    child = await asyncio.create_subprocess_exec(*command, env=inherited | environ, stdout=subprocess.DEVNULL)
    try:
        for _ in range(_START_TRIES):
            if await answers_ok(port, path):
                break
            await asyncio.sleep(0.05)
        yield child.pid
    finally:
        child.terminate()
        await child.wait()
