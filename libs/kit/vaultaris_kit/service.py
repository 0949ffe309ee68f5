"""The life of a service: compose, serve HTTP and gRPC, drain on SIGTERM, exit.

A service is described by a :class:`Service` value; :func:`run` does the rest. Nothing that can't survive
a fork (loops, channels, threads, connections) is made before :func:`run`.
"""

import asyncio
import contextlib
import math
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

import uvicorn
import uvloop
from fastapi import APIRouter
from grpc import aio
from pydantic import ValidationError

from vaultaris_kit import telemetry
from vaultaris_kit.access import Access, Source, directory_source
from vaultaris_kit.api_keys.resolver import ApiKeys
from vaultaris_kit.api_keys.source import ApiKeySource, api_keys_from_auth
from vaultaris_kit.authn import Authenticator, KeySource, keys_from_auth
from vaultaris_kit.bus import Bus, EventHandler
from vaultaris_kit.crypto import Sealer
from vaultaris_kit.database import Database
from vaultaris_kit.dpop.nonces import Nonces
from vaultaris_kit.dpop.proofs import Proofs
from vaultaris_kit.errors import VaultarisError
from vaultaris_kit.http.app import add_internal_routes, create_app
from vaultaris_kit.http.lean import LeanPaths
from vaultaris_kit.http.server import http_server, listen, stop_signal
from vaultaris_kit.idempotency import Idempotency
from vaultaris_kit.logs import configure_logs, get_logger
from vaultaris_kit.metrics import register_process_metrics
from vaultaris_kit.outbox import Outbox, Relay
from vaultaris_kit.pauses import Pauses
from vaultaris_kit.replay import Claim, ReplayGuard, claim_at_auth
from vaultaris_kit.revocation import Revocations
from vaultaris_kit.revocation_asks import AskMany, RevocationAsks, ask_auth
from vaultaris_kit.rpc.client import Peers
from vaultaris_kit.rpc.server import create_server
from vaultaris_kit.settings import Settings

log = get_logger(__name__)

Part = TypeVar("Part")

_CANCELLATIONS = 10
_READY_SECONDS = 5.0
"""How long a service stays ready without its database: no other process has it either, and one that restarts is soon
back. Taking every process out of the gateway would fail requests that only had to wait."""

_PING_SECONDS = 0.5
"""How long readiness waits for the database, well below what the gateway gives the whole answer."""


@dataclass
class Runtime:
    """A running service: its connections and its own parts. Routes reach it through ``runtime_of(request)``."""

    service: "Service"
    settings: Settings
    database: Database
    bus: Bus
    peers: Peers
    revocations: Revocations
    access: Access
    authenticator: Authenticator
    grpc: aio.Server
    relay: Relay
    idempotency: Idempotency | None
    draining: bool = False
    _database_seen: float = -math.inf
    _ping: asyncio.Task[None] | None = None
    _parts: dict[type, Any] = field(default_factory=dict)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)
    _failed: asyncio.Event = field(default_factory=asyncio.Event)

    def provide(self, part: object) -> None:
        """Makes a part of the service available by its class."""
        self._parts[type(part)] = part

    def get(self, kind: type[Part]) -> Part:
        """The part of that class."""
        part: Part = self._parts[kind]
        return part

    def consume(self, durable: str, subjects: Sequence[str], handler: EventHandler, *, pause: float = 0.0) -> None:
        """Feeds ``handler`` with every event of ``subjects`` (without the prefix), at least once."""
        self.background(self.bus.consume(f"{self.service.name}-{durable}", subjects, handler, pause=pause))

    def background(self, work: Coroutine[Any, Any, None]) -> None:
        """Runs ``work`` as long as the service lives; if it fails, the process ends and is started anew."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (fault := task.exception()):
            log.error("background_work_failed", exc_info=fault)
            self._failed.set()

    async def checks(self) -> tuple[bool, dict[str, Any]]:
        """Readiness and its reasons: the database must answer, or have done so a moment ago; NATS is only reported."""
        state = {
            "database": await self._database_check(),
            "nats": {"status": "up" if self.bus.connected else "down"},
            "revocations": {"status": "live" if self.revocations.live else "asking"},
        }
        return time.monotonic() - self._database_seen < _READY_SECONDS and not self.draining, state

    async def _database_check(self) -> dict[str, Any]:
        """One question at a time, whoever asks: a database that hangs must not hold a connection for each."""
        ping = self._ping = self._ping or asyncio.create_task(self.database.ping())
        started = time.perf_counter()
        await asyncio.wait({ping}, timeout=_PING_SECONDS)
        if not ping.done():
            return {"status": "down", "latency_ms": None}
        self._ping = None
        try:
            ping.result()
        except VaultarisError:
            return {"status": "down", "latency_ms": None}
        self._database_seen = time.monotonic()
        return {"status": "up", "latency_ms": round((time.perf_counter() - started) * 1000, 2)}

    async def stop(self) -> None:
        """Ends background work and closes connections; events still in the outbox get one more chance."""
        await end_tasks(self._tasks)
        await self.revocations.leave()
        await self.relay.drain()
        await self.bus.close()
        await self.peers.close()
        await self.database.close()


async def end_tasks(tasks: Iterable["asyncio.Task[None]"]) -> None:
    """Cancels until all have ended, or patience has.

    Once is not enough: ``asyncio.wait_for`` of Python 3.11 loses a cancellation that comes together with a refused
    connection, and whoever then tries again would keep the process from ending.
    """
    pending = set(tasks)
    for _ in range(_CANCELLATIONS):
        if not pending:
            return
        for task in pending:
            task.cancel()
        _, pending = await asyncio.wait(pending, timeout=1)
    log.warning("background_work_left", count=len(pending))


@dataclass(frozen=True)
class Service:
    """What makes one service: its name is also its database schema and its certificate's name.

    ``start`` runs once in the event loop, after connections were made and before anything is served: it
    provides parts, adds gRPC servicers to ``runtime.grpc`` and registers consumers. ``idempotency_keys`` is the
    table behind ``Idempotency-Key``, for services with creates.
    """

    name: str
    title: str
    settings: type[Settings]
    routers: Sequence[APIRouter]
    outbox: Outbox
    start: Callable[[Runtime], Awaitable[None]]
    idempotency_keys: Any = None
    keys: Callable[[Runtime], KeySource] | None = None
    source: Callable[[Runtime], Source] | None = None
    check_revoked: Callable[[Runtime], AskMany] | None = None
    api_keys: Callable[[Runtime], ApiKeySource] | None = None
    claim: Callable[[Runtime], Claim] | None = None
    large_bodies: Mapping[str, int] = field(default_factory=dict)
    long_requests: tuple[str, ...] = ()
    own_queries: tuple[str, ...] = ()


def run(service: Service) -> None:
    """Runs until SIGTERM or SIGINT; exits with 2 when the configuration is refused."""
    try:
        settings = service.settings()
    except ValidationError as refused:
        for fault in refused.errors(include_input=False, include_url=False):
            name = ".".join(str(part) for part in fault["loc"]).upper() or "settings"
            sys.stderr.write(f"{service.name}: {name}: {fault['msg']}\n")
        sys.exit(2)
    configure_logs(service.name, settings)
    register_process_metrics()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_serve(service, settings))


async def _serve(service: Service, settings: Settings) -> None:
    tracing = telemetry.start_tracing(service.name, settings)
    app = create_app(service.name, service.title, service.routers, tracing=tracing)
    async with _runtime(service, settings, tracing=tracing) as (runtime, grpc_port):
        app.state.runtime = runtime
        add_internal_routes(app, runtime.checks)
        await service.start(runtime)
        await runtime.grpc.start()
        served = app if tracing else LeanPaths(app)  # FastAPI makes the spans
        server = http_server(
            served, settings, large_bodies=service.large_bodies, long_requests=service.long_requests,
            own_queries=service.own_queries,
        )  # fmt: skip
        stop = stop_signal()
        serving = asyncio.create_task(server.serve(sockets=[listen(settings.server_host, settings.server_port)]))
        failed = asyncio.create_task(runtime._failed.wait())
        log.info("serving", http_port=settings.server_port, grpc_port=grpc_port)
        Pauses().shorten()
        await asyncio.wait({serving, failed, asyncio.create_task(stop.wait())}, return_when=asyncio.FIRST_COMPLETED)
        await _drain(runtime, server, serving)
        if failed.done():
            sys.exit(1)
    if tracing:
        telemetry.stop_tracing()


async def _drain(runtime: Runtime, server: uvicorn.Server, serving: "asyncio.Task[None]") -> None:
    """Not ready, then closed to new work, then done with the old."""
    runtime.draining = True
    log.info("draining")
    await asyncio.sleep(runtime.settings.drain_seconds)
    server.should_exit = True
    await asyncio.gather(serving, runtime.grpc.stop(grace=runtime.settings.shutdown_grace_seconds))
    log.info("stopped")


@contextlib.asynccontextmanager
async def _runtime(service: Service, settings: Settings, *, tracing: bool) -> AsyncIterator[tuple[Runtime, int]]:
    database = Database(settings, service.name)
    if tracing:
        telemetry.trace_engine(database.engine)
    bus = Bus(
        settings.nats_url.get_secret_value(), f"vaultaris-{service.name}",
        replicas=settings.nats_replicas, tracing=tracing, ca=settings.stores_tls_ca,
    )  # fmt: skip
    peers = Peers(settings, tracing=tracing)
    grpc, port = create_server(settings, tracing=tracing)
    runtime = Runtime(
        service=service, settings=settings, database=database, bus=bus, peers=peers, grpc=grpc,
        revocations=Revocations(bus, RevocationAsks(ask_auth(peers))),
        access=Access(bus, directory_source(peers)),
        authenticator=None,  # type: ignore[arg-type]  # set below: its sources may need the runtime
        relay=Relay(database, bus, service.outbox),
        idempotency=_idempotency(service, settings, database),
    )  # fmt: skip
    if service.source:
        runtime.access = Access(bus, service.source(runtime))
    if service.check_revoked:
        runtime.revocations = Revocations(bus, RevocationAsks(service.check_revoked(runtime)))
    keys = service.keys(runtime) if service.keys else keys_from_auth(peers)
    key_source = service.api_keys(runtime) if service.api_keys else api_keys_from_auth(peers)
    api_keys = ApiKeys(bus, runtime.revocations, key_source)
    guard = ReplayGuard(
        settings.redis_url.get_secret_value(),
        service.claim(runtime) if service.claim else claim_at_auth(peers),
        settings.stores_tls_ca,
    )
    runtime.provide(guard)
    proofs = Proofs(
        settings.external_url, guard, Nonces(*settings.jwt_secrets),
        require_nonce=settings.dpop_require_nonce,
    )  # fmt: skip
    runtime.authenticator = Authenticator(settings.issuer, keys, runtime.revocations, api_keys, proofs)
    for work in (
        database.open_idle(), guard.open(),
        bus.run(), runtime.relay.run(), runtime.revocations.run(), runtime.access.run(),
        api_keys.listen(), api_keys.usage.run(),
    ):  # fmt: skip
        runtime.background(work)
    try:
        yield runtime, port
    finally:
        await guard.close()
        await runtime.stop()


def _idempotency(service: Service, settings: Settings, database: Database) -> Idempotency | None:
    if service.idempotency_keys is None:
        return None
    return Idempotency(database, service.idempotency_keys, Sealer(*settings.encryption_keys))
