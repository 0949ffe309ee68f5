"""Compiled policies of tenants, held in process and never used when they may be out of date.

A set is trusted while NATS would have told of a change, and for half a minute at the longest. After that, and
whenever NATS is away, the database is asked whether it is still the same; only a changed set is loaded anew.
"""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

import msgspec

from vaultaris_kit.bus import Bus
from vaultaris_kit.database import Database
from vaultaris_kit.events import Event
from vaultaris_kit.pools import BoundedPool
from vaultaris_policy.engine.policies import PolicySet, PolicySource
from vaultaris_policy.policies.repository import active_policies, current_fingerprint, fingerprint_of

MAX_AGE_SECONDS: Final = 30.0
MAX_WEIGHT: Final = 400 * 1024 * 1024
"""Bytes that all sets may have together, by estimate: some 150,000 ordinary policies."""

_PER_POLICY = 2304
_PER_WRITTEN_BYTE = 6


@dataclass(slots=True)
class _Held:
    """``weight`` is of the policies as they were loaded, ``remembered`` of what has come to them by questions."""

    policies: PolicySet
    fingerprint: bytes
    weight: int
    sure_until: float
    remembered: int = 0


class PolicySets:
    """The policies of every tenant that is asked about; the least recently used go first."""

    def __init__(self, database: Database, bus: Bus, *, max_weight: int = MAX_WEIGHT) -> None:
        self._database, self._bus, self._max_weight = database, bus, max_weight
        self._compiler = BoundedPool("policy-compiler", workers=1, queue=1000)
        self._held: OrderedDict[UUID, _Held] = OrderedDict()
        self._weight = 0
        self._loads: dict[UUID, asyncio.Task[_Held]] = {}
        self._listening = False

    async def run(self) -> None:
        """Begins to listen for changes. Until then, and whenever NATS is away, the database is asked each time."""
        self._bus.on_gap.append(self.doubt)
        await self._bus.listen(["policy.policy.>"], self.invalidate)
        self._listening = True

    def doubt(self) -> None:
        """Events may have been missed: every set is compared with the database before it is used again."""
        self._loads.clear()
        for held in self._held.values():
            held.sure_until = 0.0

    def invalidate(self, event: Event) -> None:
        """Drops what ``event`` has changed; a load under way is of use only to those who asked before."""
        self._loads.pop(event.tenant_id, None)
        self._drop(event.tenant_id)
        self._bus.seen.add(event.id)

    def doubt_tenant(self, tenant_id: UUID) -> None:
        """Has the database asked when that tenant's policies are needed next."""
        self._loads.pop(tenant_id, None)
        held = self._held.get(tenant_id)
        if held is not None:
            held.sure_until = 0.0

    async def of_tenant(self, tenant_id: UUID) -> PolicySet:
        """The active policies of this moment."""
        if not self._live:
            return (await self._load(tenant_id)).policies
        held = self._held.get(tenant_id)
        if held is not None and held.sure_until > time.monotonic():
            self._held.move_to_end(tenant_id)
            if held.remembered != held.policies.remembered:
                self._weigh_again(held)
            return held.policies
        return (await self._load_once(tenant_id)).policies

    @property
    def _live(self) -> bool:
        return self._listening and self._bus.connected

    async def _load_once(self, tenant_id: UUID) -> _Held:
        """One load for all who ask at the same time; whoever gives up does not end it for the others."""
        load = self._loads.get(tenant_id)
        if load is None:
            load = self._loads[tenant_id] = asyncio.create_task(self._load(tenant_id))
            load.add_done_callback(lambda done: self._loaded(tenant_id, done))
        return await asyncio.shield(load)

    def _loaded(self, tenant_id: UUID, load: "asyncio.Task[_Held]") -> None:
        """Trusts the set from now on, unless something may have changed while it was loaded."""
        if self._loads.get(tenant_id) is not load:
            return
        del self._loads[tenant_id]
        if not load.cancelled() and load.exception() is None:
            held = load.result()
            held.sure_until = time.monotonic() + MAX_AGE_SECONDS
            self._keep(tenant_id, held)

    async def _load(self, tenant_id: UUID) -> _Held:
        """The held set if the database still has the same, or else a new one; held, but not trusted yet."""
        held = self._held.get(tenant_id)
        async with self._database.hot(tenant_id) as connection:
            if held is not None and await current_fingerprint(connection, tenant_id) == held.fingerprint:
                return held
            rows = await active_policies(connection, tenant_id)
        policies = await self._compiler.run(_compile, rows)
        fresh = _Held(policies, fingerprint_of(rows), _weigh(rows), 0.0)
        self._keep(tenant_id, fresh)
        return fresh

    def _keep(self, tenant_id: UUID, held: _Held) -> None:
        self._drop(tenant_id)
        self._held[tenant_id] = held
        self._weight += held.weight + held.remembered
        self._make_room()

    def _weigh_again(self, held: _Held) -> None:
        """Sets grow with the questions that they are asked."""
        self._weight += held.policies.remembered - held.remembered
        held.remembered = held.policies.remembered
        self._make_room()

    def _make_room(self) -> None:
        while self._weight > self._max_weight:
            self._drop(next(iter(self._held)))

    def _drop(self, tenant_id: UUID) -> None:
        held = self._held.pop(tenant_id, None)
        if held is not None:
            self._weight -= held.weight + held.remembered


def _compile(rows: Sequence[Any]) -> PolicySet:
    return PolicySet(map(_source_of, rows))


def _source_of(row: Any) -> PolicySource:
    actions, conditions = msgspec.json.decode(row["actions"]), msgspec.json.decode(row["conditions"])
    return PolicySource(
        str(row["id"]), row["name"], row["effect"], row["resource_pattern"], tuple(actions), row["priority"], conditions
    )


def _weigh(rows: Sequence[Any]) -> int:
    written = sum(len(row["actions"]) + len(row["conditions"]) for row in rows)
    return _PER_POLICY * (len(rows) + 1) + _PER_WRITTEN_BYTE * written
