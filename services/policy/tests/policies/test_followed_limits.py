"""Limits that were lowered after somebody who is making a policy had asked for them."""

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from tests.e2e.world import Company, World, unique
from tests.eventually import eventually
from tests.licence_mint import MINT
from vaultaris_kit.database import Database
from vaultaris_kit.errors import Forbidden
from vaultaris_kit.limits.following import stay_within
from vaultaris_kit.principal import SYSTEM
from vaultaris_policy.limits import POLICIES
from vaultaris_policy.policies.operations import create_policy

FIELDS: dict[str, Any] = {
    "effect": "allow", "resource_pattern": "orders", "actions": ["read"], "priority": 0, "conditions": {},
    "status": "active", "display_name": None, "description": None,
}  # fmt: skip


async def make(database: Database, tenant_id: UUID, **told: int) -> None:
    """As a replica does that has asked for the limits long ago."""
    async with database.tenant(tenant_id) as session:
        await create_policy(session, SYSTEM, tenant_id=tenant_id, fields={**FIELDS, "name": unique("policy")})
        await stay_within(session, POLICIES, tenant_id, told)


async def apply(world: World, company: Company, **limits: int) -> None:
    token = MINT.licence(tenant_id=company.id, limits=limits)
    await world.admin.update(f"{company.path}/license", {"license_key": token})


async def followed(database: Database, tenant_id: UUID, limit: int | None) -> None:
    """Returns once the service has followed a licence with that limit."""

    async def look() -> int | None:
        async with database.tenant(tenant_id) as session:
            most: int | None = await session.scalar(text("SELECT most FROM followed_limits WHERE resource='policies'"))
            return most

    await eventually(look, lambda seen: seen == limit)


class TestFollowedLimits:
    @pytest.mark.parametrize("told", [{}, {"policies": 2}])
    async def test_a_lower_limit_comes_before_what_was_told(
        self, world: World, company: Company, database: Database, told: dict[str, int]
    ) -> None:
        tenant_id = UUID(company.id)
        await make(database, tenant_id, **told)
        await apply(world, company, policies=1)
        await followed(database, tenant_id, 1)
        with pytest.raises(Forbidden) as refused:
            await make(database, tenant_id, **told)
        assert refused.value.code == "license_limit_exceeded"
        assert (await company.admin.get(f"{company.path}/policies"))["total"] == 1

    async def test_a_higher_limit_and_none_hold_once_they_are_followed(
        self, world: World, company: Company, database: Database
    ) -> None:
        tenant_id = UUID(company.id)
        await apply(world, company, policies=1)
        await followed(database, tenant_id, 1)
        await apply(world, company, policies=2)
        await followed(database, tenant_id, 2)
        for _ in range(2):
            await make(database, tenant_id, policies=2)
        await apply(world, company)
        await followed(database, tenant_id, None)
        await make(database, tenant_id)
        assert (await company.admin.get(f"{company.path}/policies"))["total"] == 3
