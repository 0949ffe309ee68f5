"""Tenants: who sees them, what their settings accept, and what ends with them."""

import asyncio
from uuid import UUID

import pytest

from services.directory.tests.directory_harness import Directory, Tenant
from vaultaris.auth.v1.auth_pb2 import Revocation
from vaultaris_kit.ids import MASTER_TENANT_ID, new_id

TENANTS = "/api/v1/tenants"


class TestCreating:
    async def test_brings_system_roles_and_keys(self, directory: Directory, tenant: Tenant) -> None:
        assert set(tenant.roles) == {"tenant-admin", "tenant-auditor", "tenant-user"}
        assert tenant.id in directory.auth.provisioned
        (event,) = await directory.events(tenant.id)
        assert (event.type, event.actor_tenant_id) == ("tenant.created", MASTER_TENANT_ID)

    async def test_of_ten_with_one_slug_one_wins(self, directory: Directory) -> None:
        body = {"name": "Race", "slug": new_id().hex}
        calls = (directory.root.call("POST", TENANTS, json=body) for _ in range(10))
        codes = sorted(answer.status_code for answer in await asyncio.gather(*calls))
        assert codes == [201] + [409] * 9

    async def test_nothing_is_left_when_auth_is_away(self, directory: Directory) -> None:
        body = {"name": "Half", "slug": new_id().hex}
        directory.auth.away = True
        try:
            await directory.root.expect(503, "POST", TENANTS, body)
        finally:
            directory.auth.away = False
        await directory.root.create(TENANTS, body)

    @pytest.mark.parametrize(
        "bad", [{"slug": "admin"}, {"slug": "UPPER"}, {"slug": "x"}, {"name": ""}, {"name": "x" * 101},
                {"primary_color": "red"}, {"logo_url": "javascript:x"}, {"password_policy": {"min_length": 1}}],
        ids=str,
    )  # fmt: skip
    async def test_bad_fields(self, directory: Directory, bad: dict[str, object]) -> None:
        await directory.root.expect(422, "POST", TENANTS, {"name": "Fine", "slug": new_id().hex, **bad})


class TestSettings:
    @pytest.mark.parametrize(
        "bad",
        [
            {"branding": {"custom_css": "a" * 20_001}}, {"branding": {"custom_css": "</style><script>"}},
            {"branding": {"favicon_url": "http://a.test/f.ico"}}, {"branding": {"welcome_text": "x" * 2001}},
            {"branding": []}, {"registration_enabled": "yes"}, {"allowed_email_domains": ["not a domain"]},
            {"allowed_email_domains": ["a.test"] * 101}, {"session": {"idle_seconds": 1}},
            {"session": {"idle_seconds": 7200, "absolute_seconds": 3600}}, {"locale": "?"}, {"timezone": "Mars/Base"},
        ],
        ids=lambda bad: next(iter(bad)),
    )  # fmt: skip
    async def test_known_keys_are_checked(self, directory: Directory, tenant: Tenant, bad: dict[str, object]) -> None:
        refused = await directory.root.expect(422, "PUT", tenant.path, {"settings": bad})
        assert refused["details"][0]["field"].startswith("settings")
        assert (await directory.root.get(tenant.path))["data"]["settings"] == {}

    async def test_others_are_free(self, directory: Directory, tenant: Tenant) -> None:
        settings = {
            "branding": {"custom_css": ".card { color: #123 }", "favicon_url": "https://a.test/f.ico", "own": 1},
            "session": {"idle_seconds": 900, "absolute_seconds": 36_000}, "allowed_email_domains": ["a.test"],
            "timezone": "Europe/Berlin", "locale": "de-DE", "registration_enabled": False, "mine": {"x": [1]},
        }  # fmt: skip
        assert (await directory.root.update(tenant.path, {"settings": settings}))["settings"] == settings

    async def test_logos_come_over_tls(self, directory: Directory, tenant: Tenant) -> None:
        await directory.root.expect(422, "PUT", tenant.path, {"logo_url": "http://a.test/logo.png"})
        await directory.root.update(tenant.path, {"logo_url": "https://a.test/logo.png"})


class TestSeeing:
    async def test_others_see_their_own(self, directory: Directory, tenant: Tenant) -> None:
        other = await directory.tenant()
        person, _ = await tenant.person("tenants:read")
        page = await person.get(TENANTS)
        assert [(each["id"], page["total"]) for each in page["data"]] == [(str(tenant.id), 1)]
        await person.expect(403, "GET", other.path)
        nobody, _ = await tenant.person()
        await nobody.expect(403, "GET", TENANTS)

    async def test_the_instance_sees_all_but_billing_shadows(self, directory: Directory, tenant: Tenant) -> None:
        assert (await directory.root.get(TENANTS, search=str(tenant.path[-12:])))["total"] == 0
        slug = (await directory.root.get(tenant.path))["data"]["slug"]
        assert (await directory.root.get(TENANTS, search=slug))["total"] == 1
        await directory.as_owner("UPDATE directory.tenants SET is_billing_shadow = true WHERE id = $1", tenant.id)
        assert (await directory.root.get(TENANTS, search=slug))["total"] == 0


class TestUpdating:
    async def test_policy_merges_rule_by_rule(self, directory: Directory, tenant: Tenant) -> None:
        await directory.root.update(tenant.path, {"password_policy": {"min_length": 12}})
        changed = await directory.root.update(tenant.path, {"password_policy": {"require_symbols": True}})
        policy = changed["password_policy"]
        assert (policy["min_length"], policy["require_symbols"], policy["max_length"]) == (12, True, 128)
        back = await directory.root.update(tenant.path, {"password_policy": {"min_length": None}})
        assert back["password_policy"]["min_length"] == 8
        refused = {"password_policy": {"min_length": 100, "max_length": 64}}
        await directory.root.expect(422, "PUT", tenant.path, refused)

    async def test_the_policy_holds_at_once(self, directory: Directory, tenant: Tenant) -> None:
        await directory.root.update(tenant.path, {"password_policy": {"min_length": 20}})
        body = {"username": "a", "email": "a@x.test", "password": "only eighteen char"}
        await directory.root.expect(422, "POST", f"{tenant.path}/users", body)

    async def test_versions_and_the_slug_stays(self, directory: Directory, tenant: Tenant) -> None:
        before = (await directory.root.get(tenant.path))["data"]
        changed = await directory.root.update(tenant.path, {"slug": "another", "name": "Renamed"})
        assert (changed["slug"], changed["name"], changed["version"]) == (before["slug"], "Renamed", 2)
        await directory.root.expect(412, "PUT", tenant.path, {"name": "x"}, headers={"If-Match": '"1"'})


class TestEnding:
    @pytest.mark.parametrize("status", ["suspended", "archived"])
    async def test_suspending_ends_credentials(self, directory: Directory, tenant: Tenant, status: str) -> None:
        await directory.root.update(tenant.path, {"status": status})
        assert (Revocation.SUBJECT_TENANT, tenant.id) in directory.auth.revoked
        assert len(await directory.events(tenant.id, f"tenant.{status}")) == 1

    async def test_deleting_ends_credentials_and_keeps_the_slug(self, directory: Directory, tenant: Tenant) -> None:
        slug = (await directory.root.get(tenant.path))["data"]["slug"]
        await directory.root.expect(204, "DELETE", tenant.path)
        assert (Revocation.SUBJECT_TENANT, tenant.id) in directory.auth.revoked
        await directory.root.expect(404, "GET", tenant.path)
        await directory.root.expect(404, "GET", f"{tenant.path}/users")
        await directory.root.expect(409, "POST", TENANTS, {"name": "Again", "slug": slug})

    async def test_only_the_instance_may(self, tenant: Tenant) -> None:
        admin, user = await tenant.person()
        await tenant.admin.add(f"{tenant.path}/users/{user['id']}/roles", {"role_id": tenant.roles["tenant-admin"]})
        assert (await admin.update(tenant.path, {"display_name": "Ours"}))["display_name"] == "Ours"
        await admin.expect(403, "PUT", tenant.path, {"status": "suspended"})
        await admin.expect(403, "DELETE", tenant.path)
        await admin.expect(403, "POST", TENANTS, {"name": "Mine", "slug": new_id().hex})

    async def test_never_the_master_tenant(self, directory: Directory) -> None:
        master = f"{TENANTS}/{UUID(int=1)}"
        await directory.root.expect(403, "DELETE", master)
        await directory.root.expect(403, "PUT", master, {"status": "suspended"})
