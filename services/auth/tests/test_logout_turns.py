"""Back-channel logout: clients that hang delay nobody else's notices."""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from uuid import UUID

from sqlalchemy import text

from services.auth.tests.auth_browser import REDIRECT
from services.auth.tests.auth_fakes import FakeDirectory
from services.auth.tests.auth_harness import AuthProcess, MakeClient, TestClient
from services.auth.tests.auth_relying_party import BackChannel, back_channel
from vaultaris_auth.backchannel_logout.notices import PER_CLIENT, Due, Notice
from vaultaris_auth.backchannel_logout.turns import AT_ONCE, PER_TENANT, choose
from vaultaris_kit.database import Database
from vaultaris_kit.ids import new_id, now

PROCESSES = 2
"""The replica of these tests, and the stack's own."""
SOON = 5.0
"""Well below the time that a client may take to answer (8 s)."""

_ADD = text("""
    INSERT INTO auth.logout_notices
        (id, tenant_id, session_id, client_id, user_id, attempts, next_attempt_at, expires_at)
    VALUES (:id, :tenant_id, :session_id, :client_id, :user_id, 0, :now, :expires_at)
""")


async def add_notices(database: Database, tenant_id: UUID, client: TestClient, count: int) -> None:
    facts = {"tenant_id": tenant_id, "client_id": client.client_id, "now": now(), "expires_at": now() + timedelta(1)}
    rows = [{**facts, "id": new_id(), "session_id": new_id(), "user_id": new_id()} for _ in range(count)]
    async with database.tenant(tenant_id) as session:
        await session.execute(_ADD, rows)


@asynccontextmanager
async def hanging(
    database: Database, make_client: MakeClient, tenant_id: UUID, *, clients: int, notices: int
) -> AsyncIterator[BackChannel]:
    """So many clients of a tenant that hang, with so many notices each; nothing is left of them."""
    async with back_channel(hangs=True) as channel:
        made = [await app(make_client, tenant_id, channel) for _ in range(clients)]
        for client in made:
            await add_notices(database, tenant_id, client, notices)
        async with asyncio.timeout(SOON):
            while not channel.tokens:  # noqa: ASYNC110 - what is waited for lives in another process
                await asyncio.sleep(0.05)
        yield channel
        async with database.tenant(tenant_id) as session:
            gone = {"ids": [client.client_id for client in made]}
            await session.execute(text("DELETE FROM auth.logout_notices WHERE client_id = ANY(:ids)"), gone)


async def app(make_client: MakeClient, tenant_id: UUID, channel: BackChannel) -> TestClient:
    return await make_client(
        tenant_id, redirect_uris=[REDIRECT], require_consent=False, backchannel_logout_uri=channel.uri,
        allowed_grant_types=["authorization_code"],
    )  # fmt: skip


async def told_within(database: Database, make_client: MakeClient, tenant_id: UUID, count: int) -> float:
    """Seconds until a good client of that tenant has been told all of its notices."""
    async with back_channel() as channel, asyncio.timeout(60):
        client, began = await app(make_client, tenant_id, channel), time.monotonic()
        await add_notices(database, tenant_id, client, count)
        while len(channel.tokens) < count:
            channel.told.clear()
            await channel.told.wait()
        return time.monotonic() - began


class TestDelivery:
    async def test_another_tenants_clients_that_hang_delay_nothing(
        self, auth: AuthProcess, database: Database, make_client: MakeClient, directory: FakeDirectory
    ) -> None:
        async with hanging(database, make_client, directory.home, clients=20, notices=20) as hung:
            assert await told_within(database, make_client, directory.other, 30) < SOON
        assert hung.most <= PROCESSES * PER_TENANT

    async def test_nor_does_another_client_of_the_same_tenant(
        self, auth: AuthProcess, database: Database, make_client: MakeClient, directory: FakeDirectory
    ) -> None:
        async with hanging(database, make_client, directory.home, clients=1, notices=100) as hung:
            assert await told_within(database, make_client, directory.home, 30) < SOON
        assert hung.most <= PROCESSES * PER_CLIENT


class TestTurns:
    """Who is chosen, without a database."""

    def _due(self, tenant_id: UUID, client_id: str, count: int, *, age: int = 0) -> list[Due]:
        at = now() - timedelta(seconds=age)
        return [Due(new_id(), tenant_id, client_id, at) for _ in range(count)]

    def _under_way(self, tenant_id: UUID, client_id: str) -> Notice:
        return Notice(new_id(), tenant_id, new_id(), client_id, new_id(), 1, now())

    def test_bounds(self) -> None:
        tenants = [new_id() for _ in range(20)]
        due = [each for n, tenant in enumerate(tenants) for c in range(9) for each in self._due(tenant, f"{n}-{c}", 5)]
        by_id = {each.id: each for each in due}
        chosen = [by_id[each] for each in choose(due, ())]
        assert len(chosen) == AT_ONCE
        assert max(Counter(each.tenant_id for each in chosen).values()) == 2, "each tenant has its share"
        alone = choose([each for each in due if each.tenant_id == tenants[0]], ())
        assert len(alone) == PER_TENANT
        assert max(Counter(by_id[each].client_id for each in alone).values()) <= PER_CLIENT

    def test_what_is_under_way_counts(self) -> None:
        tenant, other = new_id(), new_id()
        busy = [self._under_way(tenant, "a") for _ in range(PER_CLIENT)]
        assert choose(self._due(tenant, "a", 3), busy) == []
        full = [self._under_way(tenant, f"{n}") for n in range(PER_TENANT)]
        assert choose(self._due(tenant, "a", 3), full) == []
        (first, *_) = fresh = self._due(other, "b", 1)
        assert choose([*self._due(tenant, "c", 1, age=900), *fresh], busy)[0] == first.id, "whoever has less goes first"
        assert choose(fresh, [self._under_way(new_id(), "x") for _ in range(AT_ONCE)]) == []

    def test_the_oldest_of_equals_goes_first(self) -> None:
        young, old = self._due(new_id(), "a", 1), self._due(new_id(), "b", 1, age=60)
        assert choose([*young, *old], ()) == [old[0].id, young[0].id]
