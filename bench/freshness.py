"""From the answer to a change of rights to the moment when every replica of policy decides by it."""

import asyncio
import contextlib
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

from bench.figures import Latencies
from bench.place import Place
from bench.table import align
from tests.e2e.world import Company
from vaultaris_kit.access import Access, directory_source
from vaultaris_kit.bus import Bus
from vaultaris_kit.database import Database
from vaultaris_kit.pauses import Pauses
from vaultaris_kit.rpc.client import Peers
from vaultaris_policy.base import SCHEMA
from vaultaris_policy.checks.operations import Checks
from vaultaris_policy.checks.recent import Recent
from vaultaris_policy.checks.schemas import BatchItem
from vaultaris_policy.checks.snapshots import Snapshots
from vaultaris_policy.policies.sets import PolicySets
from vaultaris_policy.settings import PolicySettings

_REPLICAS = 3
_ROUNDS = 50
_GIVE_UP = 5.0
_PAUSE = 0.001  # so that the asking does not slow down what it watches
_QUESTION = BatchItem("ledger", "read")

Change = Callable[[bool], Awaitable[None]]
"""Has the user allowed, or not."""


@dataclass(frozen=True)
class Replica:
    """One more process's worth of caches, on connections of its own to NATS, directory and PostgreSQL."""

    snapshots: Snapshots
    checks: Checks

    async def allows(self, tenant_id: UUID, user_id: UUID) -> bool:
        asker = (await self.snapshots.of_user(tenant_id, user_id)).asker
        (answer,) = await self.checks.decide(tenant_id, asker, [_QUESTION])
        return answer.allowed


async def run(place: Place) -> str:
    """All kinds of change, each some rounds of yes and no, and a line for each."""
    company = await place.world.add_company()
    seconds: defaultdict[str, list[float]] = defaultdict(list)
    async with _replicas(place, _REPLICAS) as replicas:
        Pauses().shorten()  # as a service does
        for kind, (user_id, change) in (await _changes(company)).items():
            for _ in range(_ROUNDS):
                for wanted in (True, False):
                    await change(wanted)
                    seconds[kind].append(await _until(replicas, UUID(company.id), user_id, wanted))
    cells = [("changed", "changes", "p50 ms", "p95 ms", "p99 ms", "worst ms")]
    cells += [_cells(kind, values) for kind, values in seconds.items()]
    told = f"milliseconds from the answer to the change until the last of {_REPLICAS} replicas decides by it"
    return "\n".join([*align(cells), told])


async def _changes(company: Company) -> dict[str, tuple[UUID, Change]]:
    """Ways to give and take the same permission, each with the user whom it is about."""
    user_id, holder_id = [(await company.add_user())["id"] for _ in range(2)]
    policy = {
        "name": "ledger",
        "effect": "allow",
        "resource_pattern": "ledger",
        "actions": ["read"],
        "status": "inactive",
    }
    made = await company.admin.create(f"{company.path}/policies", policy)
    role, of_group = await company.add_role("ledger:read"), await company.add_role("ledger:read")
    group = await company.admin.create(f"{company.path}/groups", {"name": "bookkeepers"})
    await company.admin.assign(f"{company.path}/groups/{group['id']}/roles", {"role_id": of_group["id"]})

    async def by_policy(wanted: bool) -> None:
        status = {"status": "active" if wanted else "inactive"}
        await company.admin.update(f"{company.path}/policies/{made['id']}", status)

    await company.give({"id": holder_id}, role)

    async def by_status(wanted: bool) -> None:
        status = {"status": "active" if wanted else "suspended"}
        await company.admin.update(f"{company.path}/users/{holder_id}", status)

    def membership(path: str, body: dict[str, str]) -> Change:
        async def change(wanted: bool) -> None:
            if wanted:
                await company.admin.assign(f"{company.path}/users/{user_id}/{path}", body)
            else:
                await company.admin.delete(f"{company.path}/users/{user_id}/{path}/{next(iter(body.values()))}")

        return change

    changes = {
        "policy": by_policy,
        "role of a user": membership("roles", {"role_id": role["id"]}),
        "group of a user": membership("groups", {"group_id": group["id"]}),
    }
    return {kind: (UUID(user_id), change) for kind, change in changes.items()} | {
        "status of a user": (UUID(holder_id), by_status)
    }


async def _until(replicas: Sequence[Replica], tenant_id: UUID, user_id: UUID, wanted: bool) -> float:
    """How long the slowest takes. Raises TimeoutError when one does not change its mind."""
    started = time.perf_counter()

    async def watch(replica: Replica) -> float:
        while await replica.allows(tenant_id, user_id) is not wanted:  # noqa: ASYNC110 - when is what is measured
            await asyncio.sleep(_PAUSE)
        return time.perf_counter() - started

    async with asyncio.timeout(_GIVE_UP):
        return max(await asyncio.gather(*map(watch, replicas)))


@contextlib.asynccontextmanager
async def _replicas(place: Place, count: int) -> AsyncIterator[list[Replica]]:
    environ = {name.lower(): value for name, value in place.stack.environ_of("policy").items()}
    known = {name: value for name, value in environ.items() if name in PolicySettings.model_fields}
    settings = PolicySettings(_env_file=None, **known)  # type: ignore[arg-type]  # strings, parsed like the environment
    async with contextlib.AsyncExitStack() as stack:
        yield [await stack.enter_async_context(_replica(settings)) for _ in range(count)]


@contextlib.asynccontextmanager
async def _replica(settings: PolicySettings) -> AsyncIterator[Replica]:
    database, peers = Database(settings, SCHEMA), Peers(settings)
    await database.open_idle()  # as a service does before it is ready
    bus = Bus(settings.nats_url.get_secret_value(), "bench-replica")
    running = asyncio.create_task(bus.run())
    access, policies = Access(bus, directory_source(peers, with_metadata=True)), PolicySets(database, bus)
    await access.run()
    await policies.run()
    snapshots = Snapshots(access)
    try:
        yield Replica(snapshots, Checks(snapshots, policies.of_tenant, bus, Recent(0)))
    finally:
        running.cancel()
        await bus.close()
        await peers.close()
        await database.close()


def _cells(kind: str, seconds: Sequence[float]) -> tuple[str, str, str, str, str, str]:
    told = Latencies.of(seconds)
    p50, p95, p99, worst = (f"{each * 1000:.1f}" for each in (told.p50, told.p95, told.p99, max(seconds)))
    return kind, str(len(seconds)), p50, p95, p99, worst
