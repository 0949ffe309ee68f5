"""Applications across services: what belongs to them, who gets tokens through it, and what ends with them."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.e2e.world import PASSWORD, Api, Company, unique
from tests.eventually import eventually

Body = dict[str, Any]

KINDS: dict[str, Callable[[], Body]] = {
    "clients": lambda: {"name": unique("client"), "redirect_uris": []},
    "identity-providers": lambda: {"name": unique("idp"), "provider_type": "google"},
    "policies": lambda: {
        "name": unique("policy"), "effect": "deny", "resource_pattern": unique("thing"), "actions": ["*"],
    },
}  # fmt: skip


async def _application(company: Company, **fields: Any) -> tuple[Body, str]:
    application = await company.admin.create(
        f"{company.path}/applications", {"slug": unique("app"), "name": "App", **fields}
    )
    return application, f"{company.path}/applications/{application['id']}"


def _thing(data: Body) -> Body:
    thing: Body = data.get("client", data)
    return thing


async def _status(api: Api, path: str) -> int:
    return (await api.call("GET", path)).status_code


@pytest.mark.parametrize("kind", KINDS)
class TestKindsOfOtherServices:
    async def test_made_inside_linked_and_gone_with_it(self, company: Company, kind: str) -> None:
        _, path = await _application(company)
        owned = _thing(await company.admin.create(f"{path}/{kind}", KINDS[kind]()))
        shared = _thing(await company.admin.create(f"{company.path}/{kind}", KINDS[kind]()))
        await company.admin.assign(f"{path}/{kind}/link/{shared['id']}", {"is_inherited": True})
        listed = await company.admin.get(f"{path}/{kind}", sort="created_at", order="asc")
        assert [(each["id"], each["is_owned"], each["is_inherited"]) for each in listed["data"]] == [
            (owned["id"], True, False), (shared["id"], False, True),
        ]  # fmt: skip
        await company.admin.delete(path)
        one = f"{company.path}/{kind}/{owned['id']}"
        await eventually(lambda: _status(company.admin, one), lambda status: status == 404)
        await company.admin.get(f"{company.path}/{kind}/{shared['id']}")
        await company.admin.expect(404, "GET", f"{path}/{kind}")

    async def test_of_another_tenant(self, company: Company, world: Any, kind: str) -> None:
        _, path = await _application(company)
        other = await world.add_company()
        foreign = _thing(await other.admin.create(f"{other.path}/{kind}", KINDS[kind]()))
        await company.admin.expect(404, "POST", f"{path}/{kind}/link/{foreign['id']}", json={})
        await other.admin.expect(403, "GET", f"{path}/{kind}")
        theirs = path.replace(company.path, other.path)
        await other.admin.expect(404, "POST", f"{theirs}/{kind}", json=KINDS[kind]())

    async def test_deleting_needs_the_right_to_what_is_inside(self, company: Company, kind: str) -> None:
        _, path = await _application(company)
        await company.admin.create(f"{path}/{kind}", KINDS[kind]())
        deleter = await company.machine("applications:delete")
        refused = await deleter.expect(403, "DELETE", path)
        assert f"{kind}:delete" in refused["message"]
        await (await company.machine("applications:delete", f"{kind}:delete")).delete(path)


class TestIsolation:
    async def _client(self, company: Company, path: str) -> str:
        body = {
            "name": "Shop",
            "redirect_uris": [],
            "is_public": True,
            "allowed_grant_types": ["password", "refresh_token"],
        }
        made = await company.admin.create(f"{path}/clients", body)
        return str(made["client"]["client_id"])

    async def test_members_get_tokens_until_they_leave(self, company: Company) -> None:
        _, path = await _application(company, isolation_enabled=True, access_token_lifetime_seconds=700)
        client_id, user = await self._client(company, path), await company.add_user()
        form = {"grant_type": "password", "client_id": client_id, "username": user["username"], "password": PASSWORD}
        stranger = await company.admin.token_request(**form)
        assert (stranger.status_code, stranger.json()["error"]) == (400, "invalid_grant")

        await company.admin.create(f"{path}/members", {"user_id": user["id"], "auto_activate": True})
        tokens = (await company.admin.token_request(**form)).json()
        assert tokens["expires_in"] == 700
        refresh = {"grant_type": "refresh_token", "client_id": client_id}
        tokens = (await company.admin.token_request(**refresh, refresh_token=tokens["refresh_token"])).json()
        elsewhere = await company.signed_in(user)
        member = company.admin.with_token(tokens["access_token"])
        await member.get("/oauth/userinfo")

        await company.admin.delete(f"{path}/members/{user['id']}")
        await member.expect(401, "GET", "/oauth/userinfo")
        again = await company.admin.token_request(**refresh, refresh_token=tokens["refresh_token"])
        assert again.json()["error"] == "invalid_grant"
        assert (await company.admin.token_request(**form)).status_code == 400
        sessions = (await company.admin.get(f"{company.path}/users/{user['id']}/sessions"))["data"]
        assert {each["client_id"]: each["is_active"] for each in sessions} == {
            client_id: False, company.client_id: True,
        }  # fmt: skip
        await elsewhere.get("/oauth/userinfo")

    async def test_an_invitation_is_no_membership(self, company: Company) -> None:
        _, path = await _application(company, isolation_enabled=True)
        client_id, user = await self._client(company, path), await company.add_user()
        form = {"grant_type": "password", "client_id": client_id, "username": user["username"], "password": PASSWORD}
        await company.admin.create(f"{path}/members", {"user_id": user["id"]})
        assert (await company.admin.token_request(**form)).status_code == 400
        await (await company.signed_in(user)).act(f"{path}/members/accept")
        tokens = (await company.admin.token_request(**form)).json()
        await company.admin.update(f"{path}/members/{user['id']}", {"status": "suspended"})
        await company.admin.with_token(tokens["access_token"]).expect(401, "GET", "/oauth/userinfo")
        await company.admin.update(path, {"isolation_enabled": False})
        assert (await company.admin.token_request(**form)).status_code == 200


class TestAllowLists:
    async def test_a_group_decides_through_which_clients(self, company: Company) -> None:
        user, group = (
            await company.add_user(),
            await company.admin.create(f"{company.path}/groups", {"name": unique("g")}),
        )
        desk = (await company.admin.get(f"{company.path}/clients/{company.client_id}"))["data"]
        made = await company.admin.create(f"{company.path}/clients", KINDS["clients"]())
        await company.admin.assign(f"{company.path}/users/{user['id']}/groups", {"group_id": group["id"]})
        form = {
            "grant_type": "password", "client_id": company.client_id,
            "username": user["username"], "password": PASSWORD,
        }  # fmt: skip
        assert (await company.admin.token_request(**form)).status_code == 200

        allowed = f"{company.path}/groups/{group['id']}/oauth-clients"
        await company.admin.update(allowed, {"client_ids": [made["client"]["id"]]})
        refused = await company.admin.token_request(**form)
        assert (refused.status_code, refused.json()["error"]) == (400, "invalid_grant")
        await company.admin.update(allowed, {"client_ids": [made["client"]["id"], desk["id"]]})
        assert (await company.admin.token_request(**form)).status_code == 200

    async def test_deleting_what_is_listed_opens_nothing(self, company: Company) -> None:
        user, group = (
            await company.add_user(),
            await company.admin.create(f"{company.path}/groups", {"name": unique("g")}),
        )
        await company.admin.assign(f"{company.path}/users/{user['id']}/groups", {"group_id": group["id"]})
        made = (await company.admin.create(f"{company.path}/clients", KINDS["clients"]()))["client"]
        provider = await company.admin.create(f"{company.path}/identity-providers", KINDS["identity-providers"]())
        lists = {
            "oauth-clients": ("client_ids", "clients", made),
            "login-providers": ("provider_ids", "identity-providers", provider),
        }  # fmt: skip
        for noun, (field, kind, thing) in lists.items():
            path = f"{company.path}/groups/{group['id']}/{noun}"
            await company.admin.update(path, {field: [thing["id"]]})
            await company.admin.delete(f"{company.path}/{kind}/{thing['id']}")
            listed = await company.admin.get(path)
            assert (listed["data"], listed["meta"]) == ([], {"restricted": True})
        form = {
            "grant_type": "password", "client_id": company.client_id,
            "username": user["username"], "password": PASSWORD,
        }  # fmt: skip
        assert (await company.admin.token_request(**form)).status_code == 400
