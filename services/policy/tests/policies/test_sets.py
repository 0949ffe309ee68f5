"""Held sets are as fresh as the database."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import pytest_asyncio

from tests.eventually import eventually
from vaultaris_kit.bus import Bus
from vaultaris_kit.database import Database
from vaultaris_kit.events import encode_event, new_event
from vaultaris_kit.ids import new_id
from vaultaris_kit.principal import SYSTEM
from vaultaris_policy.engine.policies import PolicySet
from vaultaris_policy.policies.models import Policy
from vaultaris_policy.policies.sets import PolicySets
from vaultaris_policy.settings import PolicySettings


@pytest_asyncio.fixture
async def bus(settings: PolicySettings) -> AsyncIterator[Bus]:
    """A connection of its own to the stack's NATS."""
    opened = Bus(settings.nats_url.get_secret_value(), "policy-tests")
    running = asyncio.create_task(opened.run())
    yield opened
    running.cancel()
    await opened.close()


@pytest_asyncio.fixture
async def sets(database: Database, bus: Bus) -> PolicySets:
    """Listening."""
    listening = PolicySets(database, bus)
    await listening.run()
    return listening


def names(policies: PolicySet) -> set[str]:
    """Of the policies that fit reading an order."""
    denies, allows = policies.candidates("read", "orders", None)
    return {policy.source.name for policy in (*denies, *allows)}


async def write(database: Database, tenant_id: UUID, name: str, **fields: Any) -> UUID:
    """A policy, without any event."""
    row = {"effect": "allow", "resource_pattern": "orders", "actions": ["read"], "priority": 0, "conditions": {}}
    policy = Policy(id=new_id(), tenant_id=tenant_id, name=name, **{**row, "status": "active", **fields})
    async with database.tenant(tenant_id) as session:
        session.add(policy)
    return policy.id


async def tell(bus: Bus, tenant_id: UUID) -> None:
    """The event of a changed policy."""
    event = new_event(SYSTEM, "policy.updated", tenant_id, resource_type="policy", resource_id=new_id())
    await bus.publish(event.subject("policy"), encode_event(event), str(event.id))


class TestListening:
    async def test_a_set_is_held_until_an_event_says_otherwise(
        self, database: Database, bus: Bus, sets: PolicySets
    ) -> None:
        tenant_id = new_id()
        await write(database, tenant_id, "first")
        held = await sets.of_tenant(tenant_id)
        await write(database, tenant_id, "second")
        assert await sets.of_tenant(tenant_id) is held
        await tell(bus, tenant_id)

        async def look() -> set[str]:
            return names(await sets.of_tenant(tenant_id))

        await eventually(look, lambda seen: seen == {"first", "second"})

    async def test_many_who_ask_at_once_share_one_load(self, sets: PolicySets, database: Database) -> None:
        tenant_id = new_id()
        await write(database, tenant_id, "only")
        asked = [asyncio.create_task(sets.of_tenant(tenant_id)) for _ in range(20)]
        asked[0].cancel()
        found = await asyncio.gather(*asked[1:])
        assert len({id(each) for each in found}) == 1

    async def test_after_a_gap_an_unchanged_set_is_kept_and_a_changed_one_is_not(
        self, sets: PolicySets, database: Database
    ) -> None:
        tenant_id = new_id()
        await write(database, tenant_id, "first")
        held = await sets.of_tenant(tenant_id)
        sets.doubt()
        assert await sets.of_tenant(tenant_id) is held
        await write(database, tenant_id, "second")
        sets.doubt()
        assert names(await sets.of_tenant(tenant_id)) == {"first", "second"}


class TestBound:
    async def test_the_least_recently_used_go_first(self, database: Database, bus: Bus) -> None:
        sets = PolicySets(database, bus, max_weight=7000)
        await sets.run()
        first, second, third = new_id(), new_id(), new_id()
        held = [await sets.of_tenant(tenant_id) for tenant_id in (first, second, third)]
        assert await sets.of_tenant(first) is held[0]
        await sets.of_tenant(new_id())
        assert await sets.of_tenant(first) is held[0]
        assert await sets.of_tenant(second) is not held[1]

    async def test_what_sets_remember_of_questions_counts_too(self, database: Database, bus: Bus) -> None:
        sets = PolicySets(database, bus, max_weight=30_000)
        await sets.run()
        first, curious = new_id(), new_id()
        held = [await sets.of_tenant(tenant_id) for tenant_id in (first, curious)]
        for number in range(50):
            held[1].candidates(f"action-{number}", "orders", None)
        assert await sets.of_tenant(curious) is held[1]
        assert await sets.of_tenant(first) is held[0]
        for number in range(50, 100):
            held[1].candidates(f"action-{number}", "orders", None)
        assert await sets.of_tenant(curious) is held[1]
        assert await sets.of_tenant(first) is not held[0]


class TestWithoutNats:
    async def test_the_database_is_asked_each_time(self, database: Database) -> None:
        sets, tenant_id = PolicySets(database, Bus("nats://127.0.0.1:9", "test")), new_id()
        assert len(await sets.of_tenant(tenant_id)) == 0
        await write(database, tenant_id, "first")
        await write(database, tenant_id, "sleeping", status="inactive")
        held = await sets.of_tenant(tenant_id)
        assert names(held) == {"first"}
        assert await sets.of_tenant(tenant_id) is held
