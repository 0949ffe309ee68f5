"""Conditions of permissions: what decisions can't understand is never written down."""

from typing import Any

import pytest

from services.directory.tests.directory_harness import Tenant
from tests.bad_conditions import BAD_IN_THE_WHOLE_LANGUAGE, GOOD_LEAF
from vaultaris_kit.ids import new_id

BODY = {"name": "orders:read", "resource": "orders", "action": "read"}


def told(refused: Any) -> list[tuple[str, str]]:
    return [(each["field"], each["code"]) for each in refused["details"]]


class TestRefused:
    """With the place and the code that policies tell, and without any effect."""

    async def test_in_a_create(self, tenant: Tenant) -> None:
        for raw, path, code in BAD_IN_THE_WHOLE_LANGUAGE:
            refused = await tenant.admin.expect(422, "POST", f"{tenant.path}/permissions", {**BODY, "conditions": raw})
            assert told(refused) == [(path, code)]
        assert (await tenant.admin.get(f"{tenant.path}/permissions", resource="orders"))["total"] == 0

    async def test_in_an_update(self, tenant: Tenant) -> None:
        made = await tenant.permission("orders:read")
        path = f"{tenant.path}/permissions/{made['id']}"
        for raw, where, code in BAD_IN_THE_WHOLE_LANGUAGE:
            body = {"description": "changed", "conditions": raw}
            assert told(await tenant.admin.expect(422, "PUT", path, body)) == [(where, code)]
        assert (await tenant.admin.get(path))["data"] == made

    async def test_inside_an_application(self, tenant: Tenant) -> None:
        application = await tenant.application()
        path = f"{tenant.path}/applications/{application['id']}/permissions"
        for raw, where, code in BAD_IN_THE_WHOLE_LANGUAGE:
            assert told(await tenant.admin.expect(422, "POST", path, {**BODY, "conditions": raw})) == [(where, code)]
        assert (await tenant.admin.get(path))["total"] == 0

    async def test_in_a_template(self, tenant: Tenant) -> None:
        wrong = [
            {"name": f"p{at}", "resource": "orders", "action": "read", "conditions": raw}
            for at, (raw, _, _) in enumerate(BAD_IN_THE_WHOLE_LANGUAGE)
        ]
        template = {"version": 1, "permissions": [{**BODY, "name": "good"}, *wrong]}
        refused = await tenant.admin.expect(422, "POST", f"{tenant.path}/templates/import", template)
        assert [each["field"] for each in refused["details"]] == [f"permissions.{each['name']}" for each in wrong]
        for (_, path, _), each in zip(BAD_IN_THE_WHOLE_LANGUAGE, refused["details"], strict=True):
            assert each["message"].startswith(f"{path}: ")
        assert (await tenant.admin.get(f"{tenant.path}/permissions", search="good"))["total"] == 0

    @pytest.mark.parametrize("raw", ["all", 7, {"all": [{**GOOD_LEAF, "value": ["x" * 70_000]}]}])
    async def test_what_is_no_condition_or_too_large(self, tenant: Tenant, raw: Any) -> None:
        refused = await tenant.admin.expect(422, "POST", f"{tenant.path}/permissions", {**BODY, "conditions": raw})
        assert [each["field"] for each in refused["details"]] == ["conditions"]


class TestKept:
    async def test_a_bare_array_means_all(self, tenant: Tenant) -> None:
        made = await tenant.permission("orders:read", conditions=[GOOD_LEAF])
        assert made["conditions"] == {"all": [GOOD_LEAF]}
        assert (await tenant.permission(f"{new_id().hex}:read", conditions=[]))["conditions"] == {}
