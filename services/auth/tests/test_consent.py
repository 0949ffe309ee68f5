"""Consent: what a person is asked, what is remembered, and how far a client gets with it."""

import asyncio
from typing import Any

import httpx

from services.auth.tests.auth_browser import REDIRECT, Browser, Pkce, answer_of, hoard, redeem
from services.auth.tests.auth_fakes import FakeDirectory
from services.auth.tests.auth_harness import AuthProcess, MakeClient, TestClient
from vaultaris_auth.tokens.verified import claims_of
from vaultaris_kit.database import Database
from vaultaris_kit.ids import new_id


async def ask(browser: Browser, client: TestClient, pkce: Pkce | None = None, **parameters: Any) -> str:
    """The request_id of a request that waits for consent."""
    location = (await browser.authorize(client, pkce, **parameters)).headers["location"]
    return str(location.partition("request_id=")[2])


async def bearer(auth: AuthProcess, make_client: MakeClient, username: str = "bob") -> dict[str, str]:
    """The headers of somebody who signed in to a page of their own."""
    page = await make_client()
    return {"Authorization": f"Bearer {(await auth.sign_in(page, username))['access_token']}"}


async def approve(auth: AuthProcess, request_id: str, headers: dict[str, str], scopes: list[str]) -> httpx.Response:
    return await auth.http.post(
        f"/oauth/consent/{request_id}/approve", json={"approved_scopes": scopes}, headers=headers
    )


class TestDescribe:
    async def test_shape(self, auth: AuthProcess, browser: Browser, third_party: TestClient) -> None:
        await browser.sign_in()
        request_id = await ask(browser, third_party, scope="openid users:read")
        told = (await auth.http.get(f"/oauth/consent/{request_id}")).json()["data"]
        assert told["client"]["client_id"] == third_party.client_id
        assert told["tenant"]["id"] == str(browser.directory.home)
        assert told["scopes"] == [
            {"name": "openid", "description": "Know who you are", "required": True, "already_granted": False},
            {
                "name": "users:read", "description": "Read users on your behalf",
                "required": False, "already_granted": False,
            },
        ]  # fmt: skip
        assert {"redirect_uri", "expires_at", "request_id"} <= told.keys()

    async def test_strangers_are_asked_who_they_are_first(self, auth: AuthProcess) -> None:
        for decision in ("approve", "deny"):
            answer = await auth.http.post(f"/oauth/consent/unknown/{decision}", json={"approved_scopes": []})
            assert answer.status_code == 401

    async def test_unknown(self, auth: AuthProcess) -> None:
        for request_id in ("unknown", "x" * 5000, "%00"):
            answer = await auth.http.get(f"/oauth/consent/{request_id}")
            assert answer.status_code in (404, 422)


class TestDecide:
    async def test_approved_is_remembered(
        self, auth: AuthProcess, browser: Browser, third_party: TestClient, make_client: MakeClient
    ) -> None:
        user = browser.directory.add_user("rose")
        await browser.sign_in(user)
        pkce, headers = Pkce(), await bearer(auth, make_client, "rose")
        request_id = await ask(browser, third_party, pkce, scope="openid profile email")
        answer = (await approve(auth, request_id, headers, ["openid", "profile", "beyond"])).json()["data"]
        tokens = (await redeem(auth, third_party, answer["parameters"]["code"], pkce)).json()
        assert tokens["scope"] == "openid profile"
        told = answer_of(await browser.authorize(third_party, scope="openid profile"))
        assert "code" in told
        assert "request_id" in (await browser.authorize(third_party, scope="openid email")).headers["location"]

    async def test_a_public_client_that_anybody_can_be_is_asked_about_again(
        self, auth: AuthProcess, browser: Browser, make_client: MakeClient
    ) -> None:
        native = await make_client(
            redirect_uris=["http://127.0.0.1/cb", "https://app.example.com/callback"], is_public=True,
            allowed_grant_types=["authorization_code"],
        )  # fmt: skip
        await browser.sign_in(browser.directory.add_user("nate"))
        headers, loopback = await bearer(auth, make_client, "nate"), "http://127.0.0.1:4711/cb"
        await approve(auth, await ask(browser, native, redirect_uri=loopback), headers, ["openid", "profile"])
        assert "/consent?" in (await browser.authorize(native, redirect_uri=loopback)).headers["location"]
        told = answer_of(await browser.authorize(native, prompt="none", redirect_uri=loopback))
        assert told["error"] == "consent_required"
        assert "code" in answer_of(await browser.authorize(native))

    async def test_denied(
        self, auth: AuthProcess, browser: Browser, third_party: TestClient, make_client: MakeClient
    ) -> None:
        await browser.sign_in(browser.directory.add_user("nora"))
        headers = await bearer(auth, make_client, "nora")
        request_id = await ask(browser, third_party)
        answer = await auth.http.post(f"/oauth/consent/{request_id}/deny", json={}, headers=headers)
        assert "error=access_denied" in answer.json()["data"]["redirect_uri"]
        assert (await auth.http.get(f"/oauth/consent/{request_id}")).status_code == 404

    async def test_twenty_at_once_give_one_code(
        self, auth: AuthProcess, browser: Browser, third_party: TestClient, make_client: MakeClient
    ) -> None:
        await browser.sign_in(browser.directory.add_user("tess"))
        headers = await bearer(auth, make_client, "tess")
        request_id = await ask(browser, third_party)
        answers = await asyncio.gather(*(approve(auth, request_id, headers, ["openid"]) for _ in range(20)))
        assert sorted(answer.status_code for answer in answers) == [200] + [404] * 19

    async def test_strangers(
        self, auth: AuthProcess, browser: Browser, third_party: TestClient, make_client: MakeClient, client: TestClient
    ) -> None:
        await browser.sign_in(browser.directory.add_user("sid"))
        request_id = await ask(browser, third_party)
        eve = await make_client(browser.directory.other)
        foreign = {"Authorization": f"Bearer {(await auth.sign_in(eve, 'eve'))['access_token']}"}
        assert (await approve(auth, request_id, foreign, ["openid"])).status_code == 404
        machine = {"Authorization": f"Bearer {await auth.own_token(client)}"}
        assert (await approve(auth, request_id, machine, ["openid"])).status_code == 403
        assert (await approve(auth, request_id, {}, ["openid"])).status_code == 401
        assert (await auth.http.get(f"/oauth/consent/{request_id}")).status_code == 200

    async def test_a_fresh_sign_in_can_not_be_replaced_by_an_old_token(
        self, auth: AuthProcess, browser: Browser, first_party: TestClient, make_client: MakeClient
    ) -> None:
        headers = await bearer(auth, make_client)
        request_id = await ask(browser, first_party, prompt="login", max_age="0")
        answer = await approve(auth, request_id, headers, ["openid"])
        assert (answer.status_code, answer.json()["error"]) == (403, "login_required")


class TestWithdraw:
    async def test_the_clients_tokens_end(
        self, auth: AuthProcess, browser: Browser, third_party: TestClient, make_client: MakeClient
    ) -> None:
        await browser.sign_in(browser.directory.add_user("wanda"))
        pkce, headers = Pkce(), await bearer(auth, make_client, "wanda")
        answer = await approve(auth, await ask(browser, third_party, pkce), headers, ["openid", "profile"])
        code = answer.json()["data"]["parameters"]["code"]
        tokens = (await redeem(auth, third_party, code, pkce)).json()
        waiting = await browser.code(third_party, pkce)
        (consent,) = (await auth.http.get("/api/v1/consents", headers=headers)).json()["data"]
        assert (consent["client_id"], consent["scopes"]) == (third_party.client_id, ["openid", "profile"])
        path = f"/api/v1/consents/{consent['id']}"
        strangers = await bearer(auth, make_client)
        assert (await auth.http.delete(path, headers=strangers)).status_code == 404
        delegated = {"Authorization": f"Bearer {tokens['access_token']}"}
        assert (await auth.http.delete(path, headers=delegated)).status_code == 403
        assert (await auth.http.delete(path, headers=headers)).status_code == 204
        assert (await auth.http.get("/api/v1/consents", headers=headers)).json()["data"] == []
        assert not await auth.is_active(third_party, tokens["access_token"])
        assert not await auth.is_active(third_party, tokens["refresh_token"])
        assert (await redeem(auth, third_party, waiting, pkce)).json()["error"] == "invalid_grant"
        assert "/consent?" in (await browser.authorize(third_party)).headers["location"]

    async def test_of_one_that_hoards_them_too(
        self, auth: AuthProcess, browser: Browser, database: Database, make_client: MakeClient
    ) -> None:
        """A person who is signed in is not asked again: a page can fetch as many codes as it likes."""
        hoarder = await make_client(
            redirect_uris=[REDIRECT], allowed_grant_types=["authorization_code", "refresh_token"],
        )  # fmt: skip
        user, pkce = browser.directory.add_user(f"user-{new_id()}"), Pkce()
        await browser.sign_in(user)
        headers = await bearer(auth, make_client, user.username)
        answer = await approve(auth, await ask(browser, hoarder, pkce), headers, ["openid", "profile"])
        held = [(await redeem(auth, hoarder, answer.json()["data"]["parameters"]["code"], pkce)).json()]
        await hoard(database, browser.directory.home, hoarder)
        held.append((await redeem(auth, hoarder, await browser.code(hoarder, pkce), pkce)).json())
        (consent,) = (await auth.http.get("/api/v1/consents", headers=headers)).json()["data"]
        assert (await auth.http.delete(f"/api/v1/consents/{consent['id']}", headers=headers)).status_code == 204
        for tokens in held:
            assert not await auth.is_active(hoarder, tokens["access_token"])
            assert not await auth.is_active(hoarder, tokens["refresh_token"])


class TestReach:
    """A client that people had to consent to gets as far as its scopes, however much its user may do."""

    async def _tokens(
        self, auth: AuthProcess, browser: Browser, client: TestClient, scope: str
    ) -> tuple[dict[str, Any], dict[str, str]]:
        pkce = Pkce()
        code = await browser.code(client, pkce, scope=scope)
        tokens = (await redeem(auth, client, code, pkce)).json()
        return tokens, {"Authorization": f"Bearer {tokens['access_token']}"}

    async def test_third_party(
        self, auth: AuthProcess, browser: Browser, make_client: MakeClient, directory: FakeDirectory
    ) -> None:
        client = await make_client(
            redirect_uris=["https://app.example.com/callback"],
            allowed_grant_types=["authorization_code", "refresh_token"], allowed_scopes=["openid", "clients:read"],
        )  # fmt: skip
        await browser.sign_in(directory.admin)
        owner = await bearer(auth, make_client, "admin")
        await approve(auth, await ask(browser, client, scope="openid clients:read"), owner, ["openid", "clients:read"])
        path = f"/api/v1/tenants/{directory.home}/clients"
        _, narrow = await self._tokens(auth, browser, client, "openid")
        assert (await auth.http.get(path, headers=narrow)).status_code == 403
        tokens, wide = await self._tokens(auth, browser, client, "openid clients:read")
        assert (await auth.http.get(path, headers=wide)).status_code == 200
        assert (await auth.http.post(path, headers=wide, json={"name": "x", "redirect_uris": []})).status_code == 403
        assert "first_party" not in claims_of(tokens["access_token"])
        refreshed = (
            await auth.token(client, grant_type="refresh_token", refresh_token=tokens["refresh_token"], scope="openid")
        ).json()
        again = {"Authorization": f"Bearer {refreshed['access_token']}"}
        assert (await auth.http.get(path, headers=again)).status_code == 403

    async def test_it_learns_what_was_ticked(
        self, auth: AuthProcess, browser: Browser, make_client: MakeClient, directory: FakeDirectory
    ) -> None:
        """Neither its token nor what it is told about that holds an address that the person kept to themselves."""
        client = await make_client(
            redirect_uris=["https://app.example.com/callback"], allowed_grant_types=["authorization_code"],
            allowed_scopes=["openid", "email", "users:read"],
        )  # fmt: skip
        user = directory.add_user(f"user-{new_id()}", rights=["users:*"])
        await browser.sign_in(user)
        owner = await bearer(auth, make_client, user.username)
        everything = "openid email users:read"
        await approve(auth, await ask(browser, client, scope=everything), owner, everything.split())
        for scope, email, permissions in (("openid", None, []), (everything, user.email, ["users:read"])):
            tokens, headers = await self._tokens(auth, browser, client, scope)
            assert claims_of(tokens["access_token"]).get("email") == email
            body = {"token": tokens["access_token"]}
            told = await auth.http.post("/api/v1/integration/token/validate", json=body, headers=headers)
            assert (told.json()["data"]["email"], told.json()["data"]["permissions"]) == (email, permissions)

    async def test_it_can_not_consent_for_its_user(
        self, auth: AuthProcess, browser: Browser, third_party: TestClient, make_client: MakeClient
    ) -> None:
        await browser.sign_in(browser.directory.add_user("mallory"))
        owner = await bearer(auth, make_client, "mallory")
        await approve(auth, await ask(browser, third_party), owner, ["openid", "profile"])
        _, headers = await self._tokens(auth, browser, third_party, "openid")
        waiting = await ask(browser, third_party, scope="openid users:read")
        assert (await approve(auth, waiting, headers, ["openid", "users:read"])).status_code == 403

    async def test_a_first_party_that_has_to_ask_from_now_on(
        self, auth: AuthProcess, browser: Browser, make_client: MakeClient, directory: FakeDirectory
    ) -> None:
        """It loses its reach with the answer, and not only with its next token."""
        client = await make_client(
            redirect_uris=["https://app.example.com/callback"], allowed_grant_types=["authorization_code"],
            require_consent=False,
        )  # fmt: skip
        await browser.sign_in(directory.admin)
        path = f"/api/v1/tenants/{directory.home}/clients"
        _, headers = await self._tokens(auth, browser, client, "openid")
        assert (await auth.http.get(path, headers=headers)).status_code == 200
        owner = await bearer(auth, make_client, "admin")
        change = {"require_consent": True}
        assert (await auth.http.put(f"{path}/{client.row_id}", json=change, headers=owner)).status_code == 200
        assert (await auth.http.get(path, headers=headers)).status_code == 401

    async def test_first_party(
        self, auth: AuthProcess, browser: Browser, first_party: TestClient, directory: FakeDirectory
    ) -> None:
        await browser.sign_in(directory.admin)
        _, headers = await self._tokens(auth, browser, first_party, "openid")
        answer = await auth.http.get(f"/api/v1/tenants/{directory.home}/clients", headers=headers)
        assert answer.status_code == 200


class TestGone:
    async def test_client(
        self, auth: AuthProcess, browser: Browser, make_client: MakeClient, admin: dict[str, str]
    ) -> None:
        client = await make_client(
            redirect_uris=["https://app.example.com/callback"], allowed_grant_types=["authorization_code"]
        )
        await browser.sign_in()
        request_id = await ask(browser, client)
        path = f"/api/v1/tenants/{browser.directory.home}/clients/{client.row_id}"
        assert (await auth.http.delete(path, headers=admin)).status_code == 204
        assert (await auth.http.get(f"/oauth/consent/{request_id}")).status_code == 404
