"""Permission checks: in process beside Cedar and Casbin, over REST through the gateway, over gRPC between services."""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bench import engine
from bench.connection import compose
from bench.drive import Step, measure
from bench.first_use import measure_first_use
from bench.grpc_connection import Call, GrpcConnection, compose_call
from bench.place import Place
from bench.steps import spread
from bench.table import render
from tests.e2e.world import Company
from vaultaris.policy.v1.policy_pb2 import BatchCheckPermissionsRequest, CheckPermissionRequest

_CONNECTIONS = 32
_BATCH_CONNECTIONS = 8
_CALLS = 16
_PEOPLE = 20
_ROLES = 5
_PERMISSIONS = 50
_BATCH = 100
_HALF_OF_TARGET = 1250
"""Checks a second: half of those that one machine of two cores has to answer at least."""
_SERVICE = "/vaultaris.policy.v1.PolicyService"


@dataclass(frozen=True)
class _Scene:
    """A company whose people hold half of the permissions that are asked for."""

    company: Company
    token: str
    people: list[str]

    @property
    def checks(self) -> list[dict[str, str]]:
        """As many answers will be yes as no."""
        return [{"resource": f"ledger-{number}", "action": "read"} for number in range(_PERMISSIONS)]


async def run(place: Place) -> str:
    """All cases, one after the other."""
    scene = await _build(place)
    single = spread(place.connections(_CONNECTIONS), _single(place, scene), b'"allowed":')
    batch = spread(place.connections(_BATCH_CONNECTIONS), _batch(place, scene), b'"results":')
    busy = await measure("check, REST", single, place.pids, place.bounds)
    rows = [busy]
    for name, rate in (("half load", busy.rate / 2), (f"{_HALF_OF_TARGET}/s", _HALF_OF_TARGET)):
        rows.append(await measure(f"check, REST, {name}", single, place.pids, place.bounds, rate=rate))
    rows.append(await measure(f"batch of {_BATCH}, REST", batch, place.pids, place.bounds))
    async with place.grpc("policy") as connections:
        for name, method, requests, workers in _grpc_cases(scene):
            calls = [compose_call("policy", f"{_SERVICE}/{method}", request) for request in requests]
            steps = [_calling(connections[number % len(connections)], calls) for number in range(workers)]
            rows.append(await measure(name, steps, place.pids, place.bounds))
    return f"{engine.run()}\n\n{render(rows)}\n{await measure_first_use(place)}"


async def _build(place: Place) -> _Scene:
    company = await place.world.add_company()
    checker = await company.machine("integration:check")
    roles = [await company.add_role() for _ in range(_ROLES)]
    for number in range(0, _PERMISSIONS, 2):
        await company.attach(roles[number % _ROLES], f"ledger-{number}:read")
    people = [await company.add_user(password=None) for _ in range(_PEOPLE)]
    for person in people:
        for role in roles:
            await company.give(person, role)
    assert checker.token
    return _Scene(company, checker.token, [person["id"] for person in people])


def _single(place: Place, scene: _Scene) -> list[bytes]:
    path = f"{scene.company.path}/integration/check-permission"
    return [
        compose("POST", place.gateway, path, token=scene.token, body={"user_id": person, **check})
        for person in scene.people
        for check in scene.checks
    ]


def _batch(place: Place, scene: _Scene) -> list[bytes]:
    path = f"{scene.company.path}/integration/batch-check-permissions"
    checks = _hundred(scene)
    return [
        compose("POST", place.gateway, path, token=scene.token, body={"user_id": person, "checks": checks})
        for person in scene.people
    ]


def _hundred(scene: _Scene) -> list[dict[str, str]]:
    return (scene.checks * (_BATCH // _PERMISSIONS + 1))[:_BATCH]


def _grpc_cases(scene: _Scene) -> Iterator[tuple[str, str, list[bytes], int]]:
    """Name, method, requests and how many callers at a time."""
    singles = [
        CheckPermissionRequest(tenant_id=scene.company.id, user_id=person, **check).SerializeToString()
        for person in scene.people
        for check in scene.checks
    ]
    yield "check, gRPC", "CheckPermission", singles, _CALLS
    checks = [BatchCheckPermissionsRequest.Check(**check) for check in _hundred(scene)]
    batches = [
        BatchCheckPermissionsRequest(tenant_id=scene.company.id, user_id=person, checks=checks).SerializeToString()
        for person in scene.people
    ]
    yield f"batch of {_BATCH}, gRPC", "BatchCheckPermissions", batches, _BATCH_CONNECTIONS


def _calling(connection: GrpcConnection, calls: Sequence[Call]) -> Step:
    """Calls in turn; every answer with a message is a good one."""
    turn = itertools.cycle(calls)

    async def step() -> str:
        return "" if await connection.ask(next(turn)) else "an empty answer"

    return step
