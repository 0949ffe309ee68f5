"""Who gets tokens through a client: isolated applications, the allow-lists of groups, and lifetimes of applications."""

from typing import Any
from uuid import UUID

import pytest

from services.auth.tests.auth_browser import REDIRECT, Browser, Pkce, hoard, redeem
from services.auth.tests.auth_fakes import FakeDirectory, FakeSessions
from services.auth.tests.auth_harness import AuthProcess, MakeClient, TestClient, eventually
from vaultaris.auth.v1.auth_pb2 import EndApplicationAccessRequest
from vaultaris.directory.v1.directory_pb2 import EffectivePermissions, User
from vaultaris_auth.authorization_codes.codes import tokens_given_at
from vaultaris_auth.events import left_by
from vaultaris_auth.revocations.marks import Mark
from vaultaris_auth.tokens.verified import claims_of
from vaultaris_kit.database import Database
from vaultaris_kit.events import Event
from vaultaris_kit.ids import created_ms, new_id, now

PASSWORD = "correct horse battery staple"


@pytest.fixture
def user(directory: FakeDirectory) -> User:
    return directory.add_user(f"user-{new_id()}")


async def sign_in(auth: AuthProcess, client: TestClient, user: User, **form: str) -> Any:
    return await auth.token(client, grant_type="password", username=user.username, password=PASSWORD, **form)


async def refused(auth: AuthProcess, client: TestClient, user: User) -> str:
    answer = await sign_in(auth, client, user)
    assert answer.status_code == 400, answer.text
    assert answer.json()["error"] in ("invalid_grant", "unauthorized_client")
    return str(answer.json()["error_description"])


class TestIsolation:
    async def test_members_only(
        self, auth: AuthProcess, make_client: MakeClient, directory: FakeDirectory, user: User
    ) -> None:
        isolated = directory.add_application(isolation_enabled=True)
        client = await make_client(application_id=isolated)
        assert "member" in await refused(auth, client, user)
        assert await auth.own_token(client)  # nobody's but its own
        directory.facts[user.id] = EffectivePermissions(member_of=[str(isolated)])
        member = directory.add_user(f"user-{new_id()}")
        directory.facts[member.id] = EffectivePermissions(member_of=[str(isolated), str(new_id())])
        assert (await sign_in(auth, client, member)).status_code == 200

    async def test_refresh_stops_with_the_membership(
        self, auth: AuthProcess, make_client: MakeClient, directory: FakeDirectory, environ: dict[str, str], user: User
    ) -> None:
        isolated = directory.add_application(isolation_enabled=True)
        client = await make_client(application_id=isolated)
        directory.facts[user.id] = EffectivePermissions(member_of=[str(isolated)])
        tokens = (await sign_in(auth, client, user)).json()
        del directory.facts[user.id]
        await directory.tell(environ, user)

        async def refused_now() -> bool:
            answer = await auth.token(client, grant_type="refresh_token", refresh_token=tokens["refresh_token"])
            if answer.status_code == 200:  # the event was not there yet
                tokens.update(answer.json())
                return False
            return bool(answer.json()["error"] == "invalid_grant")

        await eventually(refused_now)

    async def test_of_several_applications_each(
        self, auth: AuthProcess, make_client: MakeClient, directory: FakeDirectory, admin: dict[str, str]
    ) -> None:
        apps = [directory.add_application(isolation_enabled=True) for _ in range(2)]
        client = await make_client(application_id=apps[0])
        link = f"/api/v1/tenants/{directory.home}/applications/{apps[1]}/clients/link/{client.row_id}"
        members = []
        for held in ([apps[0]], apps):
            member = directory.add_user(f"user-{new_id()}")
            directory.facts[member.id] = EffectivePermissions(member_of=map(str, held))
            members.append(member)
        assert (await sign_in(auth, client, members[0])).status_code == 200
        assert (await auth.http.post(link, json={}, headers=admin)).status_code == 204
        assert "member" in await refused(auth, client, members[0])
        assert (await sign_in(auth, client, members[1])).status_code == 200
        assert (await auth.http.delete(link, headers=admin)).status_code == 204
        assert (await sign_in(auth, client, members[0])).status_code == 200

    async def test_an_inactive_application_or_one_that_is_gone(
        self, auth: AuthProcess, make_client: MakeClient, directory: FakeDirectory, user: User
    ) -> None:
        inactive = await make_client(application_id=directory.add_application(is_active=False))
        assert "not active" in await refused(auth, inactive, user)
        answer = await auth.token(inactive, grant_type="client_credentials")
        assert answer.json()["error"] == "unauthorized_client"
        gone = await make_client(application_id=new_id())
        assert "gone" in await refused(auth, gone, user)


class TestAllowLists:
    async def test_only_what_ones_groups_allow(
        self, auth: AuthProcess, make_client: MakeClient, directory: FakeDirectory
    ) -> None:
        allowed, other = await make_client(), await make_client()
        lists = {
            "none": (EffectivePermissions(), {allowed, other}),
            "one": (
                EffectivePermissions(clients=EffectivePermissions.AllowList(ids=[str(allowed.row_id)])),
                {allowed},
            ),
            "empty": (EffectivePermissions(clients=EffectivePermissions.AllowList()), set()),
        }
        for facts, good in lists.values():
            user = directory.add_user(f"user-{new_id()}")
            directory.facts[user.id] = facts
            for client in (allowed, other):
                if client in good:
                    assert (await sign_in(auth, client, user)).status_code == 200
                else:
                    assert "groups" in await refused(auth, client, user)


class TestLifetimes:
    async def test_the_clients_then_the_applications_then_the_tenants(
        self, auth: AuthProcess, make_client: MakeClient, directory: FakeDirectory, user: User
    ) -> None:
        own = {"access_token_lifetime": 300, "id_token_lifetime": 200, "refresh_token_lifetime": 400}
        saying, silent = directory.add_application(**own), directory.add_application()
        cases = (
            (await make_client(application_id=saying, access_token_lifetime_seconds=100), 100),
            (await make_client(application_id=saying), 300),
            (await make_client(application_id=silent), 900),
        )
        for client, expected in cases:
            answer = (await sign_in(auth, client, user, scope="openid")).json()
            assert answer["expires_in"] == expected
        claims = claims_of((await sign_in(auth, cases[1][0], user, scope="openid")).json()["id_token"])
        assert claims["exp"] - claims["iat"] == 200


class TestLeaving:
    async def test_ends_what_was_begun_at_the_applications_clients(
        self,
        auth: AuthProcess,
        make_client: MakeClient,
        directory: FakeDirectory,
        sessions: FakeSessions,
        client: TestClient,
        user: User,
    ) -> None:
        isolated = directory.add_application(isolation_enabled=True)
        directory.facts[user.id] = EffectivePermissions(member_of=[str(isolated)])
        inside = await make_client(application_id=isolated)
        short = await make_client(application_id=isolated, allowed_grant_types=["password"])
        elsewhere = (await sign_in(auth, client, user)).json()
        at = [(await sign_in(auth, each, user)).json() for each in (inside, short)]
        another = directory.add_user(f"user-{new_id()}")
        directory.facts[another.id] = directory.facts[user.id]
        staying = (await sign_in(auth, inside, another)).json()
        request = EndApplicationAccessRequest(
            tenant_id=str(directory.home), application_id=str(isolated), user_id=user.id
        )
        for _ in range(2):
            await auth.stub.EndApplicationAccess(request)
        for tokens in at:
            assert not await auth.is_active(client, tokens["access_token"])
            assert claims_of(tokens["access_token"])["sid"] not in sessions.started
        again = await auth.token(inside, grant_type="refresh_token", refresh_token=at[0]["refresh_token"])
        assert again.json()["error"] == "invalid_grant"
        assert await auth.is_active(client, elsewhere["access_token"])
        assert await auth.is_active(client, staying["access_token"])

    async def test_what_was_being_given_in_that_moment_ends_too(
        self, auth: AuthProcess, make_client: MakeClient, browser: Browser, user: User, database: Database
    ) -> None:
        """A token is dated by the beginning of its request, and its code was spent later."""
        client = await make_client(
            redirect_uris=[REDIRECT], require_consent=False, allowed_grant_types=["authorization_code"]
        )
        await browser.sign_in(user)
        pkce = Pkce()
        given = (await redeem(auth, client, await browser.code(client, pkce), pkce)).json()
        token_id = UUID(claims_of(given["access_token"])["jti"])
        home, owner, clients = browser.directory.home, UUID(user.id), [client.client_id]
        async with database.tenant(home) as session:
            before = await tokens_given_at(session, home, owner, clients, by_ms=created_ms(token_id) - 1)
            by_then = await tokens_given_at(session, home, owner, clients, by_ms=created_ms(token_id))
        assert (before, by_then) == ([], [Mark("token", str(token_id))])

    async def test_however_many_tokens_were_got_by_codes(
        self, auth: AuthProcess, make_client: MakeClient, directory: FakeDirectory, browser: Browser, user: User,
        database: Database, client: TestClient,
    ) -> None:  # fmt: skip
        isolated = directory.add_application(isolation_enabled=True)
        directory.facts[user.id] = EffectivePermissions(member_of=[str(isolated)])
        inside = await make_client(
            application_id=isolated, redirect_uris=[REDIRECT], require_consent=False,
            allowed_grant_types=["authorization_code"],
        )  # fmt: skip
        await browser.sign_in(user)
        pkce = Pkce()
        given = (await redeem(auth, inside, await browser.code(inside, pkce), pkce)).json()
        await hoard(database, directory.home, inside)
        assert await auth.is_active(client, given["access_token"])
        await auth.stub.EndApplicationAccess(
            EndApplicationAccessRequest(tenant_id=str(directory.home), application_id=str(isolated), user_id=user.id)
        )
        assert not await auth.is_active(client, given["access_token"])

    def test_by_which_events(self) -> None:
        user_id = new_id()

        def event(verb: str, old: dict[str, Any] | None, new: dict[str, Any] | None) -> Event:
            return Event(
                id=new_id(), type=f"application.{verb}", tenant_id=new_id(), occurred_at=now(), actor_type="user",
                resource_type="application", resource_id=new_id(), old_value=old, new_value=new,
            )  # fmt: skip

        named = {"user_id": str(user_id)}
        assert left_by(event("member_removed", named, None)) == user_id
        assert left_by(event("member_updated", {}, {**named, "status": "suspended"})) == user_id
        assert left_by(event("member_updated", {}, {**named, "status": "active"})) is None
        assert left_by(event("member_updated", {}, {**named, "role": "admin"})) is None
        assert left_by(event("member_added", None, named)) is None
