"""API keys through the gateway: good in every service, for no more than they should be, until they are ended."""

from typing import Any

import httpx
import pytest

from tests.e2e.world import Api, Company, World
from tests.eventually import eventually
from vaultaris_kit import surface


class KeyApi(Api):
    """Calls with an API key."""

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"ApiKey {self.token}"}


class KeyInItsOwnHeader(KeyApi):
    """The other form."""

    def _headers(self) -> dict[str, str]:
        return {"X-Api-Key": str(self.token)}


async def make(company: Company, path: str | None = None, **fields: Any) -> tuple[dict[str, Any], KeyApi]:
    """A key of the tenant, or of whatever ``path`` names, and calls with it."""
    made = await company.admin.create(path or f"{company.path}/api-keys", {"name": "ci", **fields})
    return made["api_key"], KeyApi(company.admin.url, made["secret"])


async def status_of(api: Api, path: str) -> int:
    return (await api.call("GET", path)).status_code


def rows_of(company: Company) -> list[str]:
    """A management row of every service that has one."""
    nouns = ("users", "roles", "clients", "sessions", "audit", "api-keys")
    return [f"{company.path}/{noun}" for noun in nouns]


class TestGoodForManagement:
    @pytest.mark.parametrize("form", [KeyApi, KeyInItsOwnHeader])
    async def test_rows_of_every_service(self, company: Company, form: type[KeyApi]) -> None:
        _, key = await make(company)
        caller = form(key.url, key.token)
        for row in rows_of(company):
            await caller.get(row)
        user = await caller.create(
            f"{company.path}/users", {"username": "made-by-key", "email": "made-by-key@company.test"}
        )
        assert not await company.may(caller, user, "orders", "read")

    async def test_the_trail_names_the_key(self, company: Company) -> None:
        made, key = await make(company)
        role = await key.create(f"{company.path}/roles", {"name": "by-key"})

        async def entries() -> Any:
            return (await company.admin.get(f"{company.path}/audit", action="role.created", per_page=100))["data"]

        def told(found: Any) -> bool:
            return any(entry["resource_id"] == role["id"] for entry in found)

        entry = next(each for each in await eventually(entries, told) if each["resource_id"] == role["id"])
        assert (entry["actor_type"], entry["actor_id"]) == ("api_key", made["id"])

    @pytest.mark.parametrize("form", [KeyApi, KeyInItsOwnHeader])
    async def test_idempotency(self, company: Company, form: type[KeyApi]) -> None:
        _, made = await make(company)
        key = form(made.url, made.token)
        headers, body = {"Idempotency-Key": "once"}, {"name": "only-one"}
        answers = [await key.call("POST", f"{company.path}/roles", json=body, headers=headers) for _ in range(2)]
        assert [answer.status_code for answer in answers] == [201, 201]
        assert answers[0].json() == answers[1].json()

    async def test_a_token_under_the_scheme(self, company: Company) -> None:
        caller = KeyApi(company.admin.url, company.admin.token)
        await caller.get(f"{company.path}/users")

    async def test_uses_are_counted(self, company: Company) -> None:
        made, key = await make(company)
        for _round in range(5):
            for row in rows_of(company):
                await key.get(row)

        async def count() -> int:
            told = (await company.admin.get(f"{company.path}/api-keys/{made['id']}"))["data"]
            return int(told["use_count"])

        assert await eventually(count, lambda seen: seen >= 30) == 30


class TestGoodForNoMore:
    async def test_scopes_narrow(self, company: Company) -> None:
        _, key = await make(company, scopes=["users:read", "audit:*"])
        assert [await status_of(key, row) for row in rows_of(company)] == [200, 403, 403, 403, 200, 403]
        await key.expect(403, "POST", f"{company.path}/users", json={"username": "x", "email": "x@company.test"})

    async def test_an_applications_roles(self, company: Company) -> None:
        application = await company.admin.create(f"{company.path}/applications", {"slug": "keyed", "name": "Keyed"})
        path = f"{company.path}/applications/{application['id']}"
        role = await company.add_role("users:read", "roles:read")
        await company.admin.assign(f"{path}/roles/link/{role['id']}", {})
        _, key = await make(company, f"{path}/api-keys", scopes=["users:*"])
        assert [await status_of(key, row) for row in rows_of(company)] == [200, 403, 403, 403, 403, 403]
        await company.admin.delete(f"{path}/roles/link/{role['id']}")
        assert await eventually(lambda: status_of(key, f"{company.path}/users"), lambda seen: seen == 403, within=2)

    async def test_a_groups_roles(self, company: Company) -> None:
        group = await company.admin.create(f"{company.path}/groups", {"name": "readers"})
        path = f"{company.path}/groups/{group['id']}"
        role = await company.add_role("users:read", "roles:read")
        await company.admin.assign(f"{path}/roles", {"role_id": role["id"]})
        _, key = await make(company, f"{path}/api-keys", scopes=["users:*", "roles:read", "audit:read"])
        assert [await status_of(key, row) for row in rows_of(company)] == [200, 200, 403, 403, 403, 403]
        told = (await key.get("/api/v1/api-keys/me"))["data"]
        assert (told["owner_type"], told["owner_id"]) == ("group", group["id"])
        assert told["permissions"] == ["roles:read", "users:read"]
        await company.admin.delete(f"{path}/roles/{role['id']}")
        assert await eventually(lambda: status_of(key, f"{company.path}/users"), lambda seen: seen == 403, within=2)

    async def test_a_persons_live_rights(self, company: Company) -> None:
        user, role = await company.add_user(), await company.add_role("users:read", "roles:read")
        await company.give(user, role)
        _, key = await make(company, user_id=user["id"], scopes=["*:read"])
        row = f"{company.path}/users"
        assert await status_of(key, row) == 200
        await company.admin.delete(f"{company.path}/users/{user['id']}/roles/{role['id']}")
        assert await eventually(lambda: status_of(key, row), lambda seen: seen == 403, within=2)
        await company.admin.delete(f"{company.path}/users/{user['id']}")
        assert await eventually(lambda: status_of(key, row), lambda seen: seen == 401, within=2)

    async def test_addresses(self, company: Company) -> None:
        _, key = await make(company, ip_restrictions=["192.0.2.0/24"])
        for row in rows_of(company):
            assert await status_of(key, row) == 403
        spoofed = {"X-Forwarded-For": "192.0.2.1", "X-Envoy-External-Address": "192.0.2.1"}
        assert (await key.call("GET", f"{company.path}/users", headers=spoofed)).status_code == 403
        _, key = await make(company, ip_restrictions=["127.0.0.0/8", "::1"])
        for row in rows_of(company):
            assert await status_of(key, row) == 200

    async def test_another_tenant(self, world: World, company: Company) -> None:
        other = await world.add_company()
        _, key = await make(company)
        assert {await status_of(key, row) for row in rows_of(other)} == {403}
        made, _ = await make(other)
        await company.admin.expect(404, "GET", f"{company.path}/api-keys/{made['id']}")

    async def test_no_person(self, company: Company) -> None:
        _, key = await make(company)
        await key.expect(403, "GET", "/oauth/userinfo")

    async def test_tenants_are_not_made_by_a_tenants_key(self, company: Company) -> None:
        _, key = await make(company)
        await key.expect(403, "POST", "/api/v1/tenants", json={"name": "Mine", "slug": "mine-by-key"})


class TestEnded:
    @pytest.mark.parametrize("how", ["revoke", "delete"])
    async def test_in_every_service_at_once(self, company: Company, how: str) -> None:
        made, key = await make(company)
        for row in rows_of(company):
            await key.get(row)
        own = f"{company.path}/api-keys/{made['id']}"
        await (company.admin.act(f"{own}/revoke") if how == "revoke" else company.admin.delete(own))
        assert {row: await status_of(key, row) for row in rows_of(company)} == dict.fromkeys(rows_of(company), 401)

    async def test_disabled_and_enabled(self, company: Company) -> None:
        made, key = await make(company)
        own = f"{company.path}/api-keys/{made['id']}"
        for is_enabled, status in ((False, 401), (True, 200)):
            await company.admin.update(own, {"is_enabled": is_enabled})
            for row in rows_of(company):
                seen = await eventually(
                    lambda row=row: status_of(key, row),  # type: ignore[misc]  # bound now
                    lambda seen, status=status: seen == status,  # type: ignore[misc]  # the same
                    within=2,
                )
                assert seen == status

    async def test_tenant_suspended_and_back(self, world: World, company: Company) -> None:
        _, key = await make(company)
        row = f"{company.path}/users"
        await key.get(row)
        for status, answer in (("suspended", 401), ("active", 200)):
            await world.admin.update(company.path, {"status": status})
            await eventually(
                lambda: status_of(key, row),
                lambda seen, answer=answer: seen == answer,  # type: ignore[misc]  # bound now
                within=2,
            )


class TestSurface:
    async def test_rows_refuse_strangers_and_forgeries(self, world: World) -> None:
        forged = KeyApi(world.url, "vk_live_" + "0" * 49)
        for row in surface.rows():
            if row.section != "api-keys" or row.service != "auth":
                continue
            path = surface.shape(row.path).replace("{}", "0199f3c2-0000-7000-8000-000000000000")
            for caller in (world.public, forged):
                response: httpx.Response = await caller.call(row.method, path, json={})
                assert response.status_code == 401, row.id

    async def test_described(self, world: World) -> None:
        document = await world.public.get("/api/v1/docs/openapi.json")
        me = document["paths"]["/api/v1/api-keys/me"]["get"]
        assert (me["operationId"], me["security"]) == ("api-keys-me", [{"apiKey": []}])
        assert document["components"]["securitySchemes"]["apiKey"]["name"] == "X-Api-Key"
