"""Applications across services: what belongs to them, who gets tokens through it, and what ends with them."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from tests.e2e.world import PASSWORD, Api, Company, World, unique
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


HERE: dict[str, Callable[[], Body]] = {
    "oauth-clients": KINDS["clients"],
    "roles": lambda: {"name": unique("role")},
    "groups": lambda: {"name": unique("group")},
    "permissions": lambda: {"name": unique("permission"), "resource": unique("thing"), "action": "read"},
}


class TestFrozen:
    """Nothing of a frozen application changes; it can be read, and deleted."""

    async def _refused(self, company: Company, calls: Sequence[tuple[str, str, Body]]) -> None:
        for method, path, body in calls:
            refused = await company.admin.expect(403, method, path, json=body)
            assert refused["error"] == "resource_frozen", (method, path)

    @pytest.mark.parametrize("kind", [*KINDS, *HERE])
    async def test_links(self, company: Company, kind: str) -> None:
        application, path = await _application(company)
        make, plain = {**KINDS, **HERE}[kind], f"{company.path}/{kind.removeprefix('oauth-')}"
        first, second = [_thing(await company.admin.create(plain, make()))["id"] for _ in range(2)]
        await company.admin.assign(f"{path}/{kind}/link/{first}", {})
        before = await company.admin.get(f"{path}/{kind}")
        everything = await company.admin.get(plain)
        frozen = f"{company.path}/frozen/application/{application['id']}"
        await company.admin.expect(204, "PUT", frozen)
        await self._refused(
            company,
            [
                ("POST", f"{path}/{kind}/link/{second}", {}),
                ("POST", f"{path}/{kind}/link/{first}", {"is_inherited": True}),
                ("POST", f"{path}/{kind}", {"resource_id": second}),
                ("POST", f"{path}/{kind}", make()),
                ("DELETE", f"{path}/{kind}/link/{first}", {}),
                ("DELETE", f"{path}/{kind}", {"resource_ids": [first]}),
            ],
        )
        assert await company.admin.get(f"{path}/{kind}") == before
        assert await company.admin.get(plain) == everything
        await company.admin.delete(frozen)
        await company.admin.delete(f"{path}/{kind}/link/{first}")
        await company.admin.expect(204, "PUT", frozen)
        await company.admin.delete(path)

    async def test_clients_neither_come_nor_go(self, company: Company) -> None:
        application, path = await _application(company)
        other, _ = await _application(company)
        inside = _thing(await company.admin.create(f"{path}/clients", KINDS["clients"]()))
        outside = _thing(await company.admin.create(f"{company.path}/clients", KINDS["clients"]()))
        await company.admin.expect(204, "PUT", f"{company.path}/frozen/application/{application['id']}")
        clients, here = f"{company.path}/clients", {"application_id": application["id"]}
        await self._refused(
            company,
            [
                ("POST", clients, {**KINDS["clients"](), **here}),
                ("PUT", f"{clients}/{outside['id']}", here),
                ("PUT", f"{clients}/{inside['id']}", {"application_id": None}),
                ("PUT", f"{clients}/{inside['id']}", {"application_id": other["id"]}),
            ],
        )
        assert [each["id"] for each in (await company.admin.get(f"{path}/clients"))["data"]] == [inside["id"]]
        await company.admin.update(f"{clients}/{inside['id']}", {**here, "name": "Renamed"})

    async def test_members(self, company: Company) -> None:
        application, path = await _application(company)
        invited, member, stranger = [await company.add_user() for _ in range(3)]
        await company.admin.create(f"{path}/members", {"user_id": invited["id"]})
        await company.admin.create(f"{path}/members", {"user_id": member["id"], "auto_activate": True})
        before = await company.admin.get(f"{path}/members")
        person = await company.signed_in(invited)
        await company.admin.expect(204, "PUT", f"{company.path}/frozen/application/{application['id']}")
        await self._refused(
            company,
            [
                ("POST", f"{path}/members", {"user_id": stranger["id"]}),
                ("PUT", f"{path}/members/{member['id']}", {"role": "admin"}),
            ],
        )
        assert (await person.expect(403, "POST", f"{path}/members/accept", json={}))["error"] == "resource_frozen"
        assert await company.admin.get(f"{path}/members") == before
        await company.admin.delete(f"{path}/members/{member['id']}")  # access can be taken away whatever is frozen

    async def test_in_a_template(self, world: World) -> None:
        """As it is, a frozen application may stand in one; a link more is refused, whoever owns what it links."""
        company = await world.add_company()
        path = f"{company.path}/templates/import"
        of_roles = {"version": 1, "roles": [{"name": "clerk"}], "applications": [
            {"slug": "orders", "name": "Orders", "roles": [{"name": "clerk"}]}
        ]}  # fmt: skip
        policy = {**KINDS["policies"](), "name": "office", "applications": [{"slug": "orders"}]}
        await world.admin.act(path, {**of_roles, "policies": [policy]})
        (application,) = (await company.admin.get(f"{company.path}/applications"))["data"]
        await company.admin.expect(204, "PUT", f"{company.path}/frozen/application/{application['id']}")
        await world.admin.act(path, {**of_roles, "policies": [policy]})
        groups = {"groups": [{"path": "/sales", "name": "sales"}], "applications": [
            {"slug": "orders", "name": "Orders", "groups": [{"name": "/sales"}]}
        ]}  # fmt: skip
        another = {"policies": [{**policy, "name": "till"}]}
        for section, name, more in (("applications", "orders", groups), ("policies", "till", another)):
            refused = await world.admin.expect(422, "POST", path, json={**of_roles, **more})
            assert [(each["field"], each["code"]) for each in refused["details"]] == [
                (f"{section}.{name}", "resource_frozen")
            ]
        assert (await company.admin.get(f"{company.path}/policies"))["total"] == 1


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
