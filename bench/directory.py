"""The directory: users created, read and listed through the gateway, in a small directory and then in a large one.

The population is copied in; the tenant that is measured is as large as every other, so that the two runs differ in
nothing but the size of the tables and indexes around it.
"""

import itertools
import os
import time
from dataclasses import dataclass
from uuid import UUID

from bench import population
from bench.connection import Connection, compose
from bench.drive import Step, measure
from bench.figures import Figures, Latencies
from bench.grpc_connection import compose_call
from bench.place import Place
from bench.steps import fault_of, spread
from bench.table import render
from tests.e2e.world import Company
from vaultaris.directory.v1.directory_pb2 import EffectivePermissions, GetEffectivePermissionsRequest

_CONNECTIONS = 16
_EACH = 1_000
_ROUNDS, _WARM_UP = 300, 50
_SERVICE = "/vaultaris.directory.v1.DirectoryService"
POPULATION = int(os.environ.get("VAULTARIS_BENCH_USERS", "1000000"))
"""Users of the large directory, a thousand a tenant."""


@dataclass(frozen=True)
class Measured:
    """The tenant to measure in, and its users' ids."""

    company: Company
    people: list[UUID]


async def run(place: Place, users: int = POPULATION) -> str:
    """Reads in a small and in a large directory, creates, and effective permissions."""
    company = await place.world.add_company()
    connection = await population.connect(place)
    try:
        people = await population.add_users(connection, [UUID(company.id)], _EACH)
        await population.analyze(connection)
        small = await _read(place, Measured(company, people), _EACH)
        began = time.perf_counter()
        tenants = await population.add_tenants(connection, UUID(company.id), max(0, users // _EACH - 1))
        if tenants:
            await population.add_users(connection, tenants, _EACH)
        await population.analyze(connection)
        filled = time.perf_counter() - began
        large = await _read(place, Measured(company, people), users)
        created = await measure("user create, no password", _creating(place, company), place.pids, place.bounds)
        (alone,) = await population.add_tenants(connection, UUID(company.id), 1)
        busy = await population.add_busy_user(connection, alone)
        await connection.execute("ANALYZE")
    finally:
        await connection.close()
    ratios = [
        f"p95 of {kind} at {users:,} users over that at {_EACH:,}: {b.latencies.p95 / a.latencies.p95:.2f}"
        for kind, a, b in zip(("get", "list"), small, large, strict=True)
    ]
    filling = f"{users:,} users over {len(tenants) + 1:,} tenants were copied in within {filled:.0f} s."
    effective = await _effective(place, busy)
    return "\n".join([render([*small, *large, created]), *ratios, filling, effective])


async def _read(place: Place, measured: Measured, size: int) -> list[Figures]:
    path, token = f"{measured.company.path}/users", measured.company.admin.token
    reads = [compose("GET", place.gateway, f"{path}/{person}", token=token) for person in measured.people[:200]]
    pages = [compose("GET", place.gateway, f"{path}?per_page=20&page={page + 1}", token=token) for page in range(10)]
    cases = (
        (f"user get, {size:,} users", spread(place.connections(_CONNECTIONS), reads, b'"username":')),
        (f"user list, {size:,} users", spread(place.connections(_CONNECTIONS), pages, b'"total":')),
    )
    return [await measure(name, steps, place.pids, place.bounds) for name, steps in cases]


def _creating(place: Place, company: Company) -> list[Step]:
    """Every request makes another user."""
    numbers = itertools.count()

    def step_on(connection: Connection) -> Step:
        async def step() -> str:
            name = f"bench-{next(numbers)}"
            body = {"username": name, "email": f"{name}@bench.test"}
            request = compose("POST", place.gateway, f"{company.path}/users", token=company.admin.token, body=body)
            return fault_of(await connection.ask(request), 201)

        return step

    return [step_on(connection) for connection in place.connections(_CONNECTIONS)]


async def _effective(place: Place, busy: population.Busy) -> str:
    """One caller, one call after the other: what it takes over gRPC, and what the service takes of it."""
    request = GetEffectivePermissionsRequest(tenant_id=str(busy.tenant_id), user_id=str(busy.user_id))
    call = compose_call("directory", f"{_SERVICE}/GetEffectivePermissions", request.SerializeToString())
    seconds: list[float] = []
    async with place.grpc("directory") as (connection, *_):
        for _ in range(_WARM_UP):
            await connection.ask(call)
        before, calls_before = await place.served("GetEffectivePermissions")
        for _ in range(_ROUNDS):
            began = time.perf_counter()
            message = await connection.ask(call)
            seconds.append(time.perf_counter() - began)
        after, calls_after = await place.served("GetEffectivePermissions")
    answer = EffectivePermissions.FromString(message)
    held = f"{len(answer.groups)} groups, {len(answer.roles)} roles, {len(answer.permissions)} permissions"
    latencies = Latencies.of(seconds)
    return (
        f"effective permissions ({held}) over gRPC: p50 {latencies.p50 * 1000:.1f} ms, "
        f"p95 {latencies.p95 * 1000:.1f} ms, best {min(seconds) * 1000:.1f} ms; in the service, query included, "
        f"on average {(after - before) / (calls_after - calls_before) * 1000:.1f} ms"
    )
