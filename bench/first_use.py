"""The first check after a tenant's policies have changed: they are read and compiled anew for it."""

import random
import time

from bench.connection import Connection, compose
from bench.engine import PER_TENANT, conditions_of, write
from bench.figures import Latencies
from bench.place import Place
from bench.steps import fault_of

_ROUNDS = 40
_ANSWERED = b'"allowed":'


async def measure_first_use(place: Place) -> str:
    """One line: the first check of a tenant with 100 policies through the gateway, and the one right after it.

    A round changes one policy, which drops them all. Raises ValueError when an answer is none.
    """
    company = await place.world.add_company()
    checker, person = await company.machine("integration:check"), await company.add_user(password=None)
    made = [
        await company.admin.create(f"{company.path}/policies", {
            "name": f"policy-{policy.number}", "effect": policy.effect, "resource_pattern": f"{policy.kind}:*",
            "actions": ["read", "write"], "conditions": conditions_of(policy), "status": "active",
        })
        for policy in write(PER_TENANT, 10, random.Random(9))  # noqa: S311 - the same policies each time
    ]  # fmt: skip
    body = {"user_id": person["id"], "resource": "kind3:7", "action": "read"}
    path = f"{company.path}/integration/check-permission"
    request = compose("POST", place.gateway, path, token=checker.token, body=body)
    connection = Connection(place.gateway)
    first, next_ = [], []
    for number in range(_ROUNDS):
        await company.admin.update(f"{company.path}/policies/{made[number]['id']}", {"description": f"{number}"})
        first.append(await _timed(connection, request))
        next_.append(await _timed(connection, request))
    cold, warm = Latencies.of(first), Latencies.of(next_)
    return (
        f"first check after a change of one of {PER_TENANT} policies, REST: p50 {cold.p50 * 1000:.1f} ms, "
        f"p95 {cold.p95 * 1000:.1f} ms; the next one: p50 {warm.p50 * 1000:.1f} ms"
    )


async def _timed(connection: Connection, request: bytes) -> float:
    began = time.perf_counter()
    answer = await connection.ask(request)
    taken = time.perf_counter() - began
    if fault := fault_of(answer, 200, _ANSWERED):
        raise ValueError(fault)
    return taken
