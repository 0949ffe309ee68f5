"""Limits that change in the very moment in which something is made."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import pytest

from services.directory.tests.directory_harness import Directory, Tenant
from tests.eventually import eventually
from tests.licence_mint import KINDS, LIMIT, Mint
from vaultaris_directory.groups.operations import create_group
from vaultaris_directory.licences.holder import Licences
from vaultaris_directory.licences.limits import CAPPED, room_for, stay_within
from vaultaris_directory.licences.operations import apply_licence
from vaultaris_directory.settings import DirectorySettings
from vaultaris_kit.database import Database
from vaultaris_kit.errors import Forbidden
from vaultaris_kit.ids import MASTER_TENANT_ID, new_id
from vaultaris_kit.limits.counting import lock_limit
from vaultaris_kit.principal import SYSTEM, Principal

ROOT = Principal("user", new_id(), MASTER_TENANT_ID)
FIELDS: dict[str, Any] = {"parent_id": None, "display_name": None, "description": None, "meta": {}}


@pytest.fixture
async def capped(licensed: Directory) -> Tenant:
    """A tenant that begins with the instance's limits."""
    return await licensed.tenant()


@pytest.fixture(scope="module")
async def sessions(licensed: Directory) -> AsyncIterator[Database]:
    """Sessions beside those of the licensed replica."""
    opened = Database(DirectorySettings(_env_file=None, dev=True, database_url=licensed.owner_url), "directory")
    yield opened
    await opened.close()


@pytest.fixture(scope="module")
def licences(mint: Mint) -> Licences:
    return Licences.configured(mint.licence(limits=dict.fromkeys(KINDS, LIMIT)), mint.public)


class TestLoweredWhileSomebodyWaits:
    """Somebody makes a group and waits for their turn to count; meanwhile another licence comes into force."""

    @pytest.fixture
    async def lowered(
        self, capped: Tenant, sessions: Database, licences: Licences, mint: Mint
    ) -> AsyncIterator[asyncio.Event]:
        """Set once the one who waits may go on: the limit is one less than there will be."""
        await capped.group()
        is_locked, may_end = asyncio.Event(), asyncio.Event()

        async def hold() -> None:
            async with sessions.tenant(capped.id) as session:
                await lock_limit(session, CAPPED["groups"], capped.id)
                is_locked.set()
                await may_end.wait()

        holding = asyncio.create_task(hold())
        await is_locked.wait()

        async def lower() -> None:
            await eventually(lambda: self._waiting(sessions), bool)
            token = mint.licence(tenant_id=str(capped.id), limits={"groups": 1})
            async with sessions.tenant(capped.id) as session:
                await apply_licence(session, ROOT, licences, tenant_id=capped.id, token=token)
            may_end.set()

        lowering = asyncio.create_task(lower())
        yield may_end
        await asyncio.gather(holding, lowering)

    async def _waiting(self, sessions: Database) -> bool:
        async with sessions.instance() as session:
            connection = await session.connection()
            found = await connection.exec_driver_sql(
                "SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
            )
            return found.first() is not None

    async def test_what_is_made_is_refused(
        self, capped: Tenant, sessions: Database, licences: Licences, lowered: asyncio.Event
    ) -> None:
        with pytest.raises(Forbidden) as refused:
            async with sessions.tenant(capped.id) as session:
                await create_group(session, SYSTEM, tenant_id=capped.id, fields={**FIELDS, "name": "late"})
                await stay_within(session, licences, capped.id, "groups")
        assert refused.value.code == "license_limit_exceeded"
        assert lowered.is_set()

    async def test_an_import_is_told_that_there_is_no_room(
        self, capped: Tenant, sessions: Database, licences: Licences, lowered: asyncio.Event
    ) -> None:
        async with sessions.tenant(capped.id) as session:
            assert await room_for(session, licences, capped.id, "groups") == 0
        assert lowered.is_set()


class TestLimitedForTheFirstTime:
    async def test_what_came_to_be_behind_the_count_is_frozen_by_the_next_round(
        self, licensed: Directory, capped: Tenant, mint: Mint
    ) -> None:
        """Nobody waits for anybody where there was no limit: what was being made is found by counting again."""
        await capped.group()
        await self._apply(licensed, capped, mint, groups=1)
        late = new_id()
        await licensed.as_owner(
            "INSERT INTO directory.groups (id, tenant_id, version, name, path, metadata, created_at, updated_at)"
            " VALUES ($1, $2, 1, 'late', '/late', '{}', now(), now())",
            late, capped.id,
        )  # fmt: skip
        await self._apply(licensed, await licensed.tenant(), mint, groups=1)  # has all tenants looked at
        frozen = await eventually(lambda: self._frozen(capped), bool)
        assert frozen == [late]

    async def _apply(self, licensed: Directory, tenant: Tenant, mint: Mint, **limits: int) -> None:
        body = {"license_key": mint.licence(tenant_id=str(tenant.id), limits=limits)}
        await licensed.root.expect(200, "PUT", f"{tenant.path}/license", body)

    async def _frozen(self, tenant: Tenant) -> list[UUID]:
        return [UUID(each["resource_id"]) for each in (await tenant.admin.get(f"{tenant.path}/frozen"))["data"]]
