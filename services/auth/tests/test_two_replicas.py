"""Two replicas on the same tables: what one has been told, the other goes by before the answer is out."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
import pytest_asyncio

from services.auth.tests.auth_browser import Browser, Pkce, answer_of, redeem
from services.auth.tests.auth_fakes import FakeDirectory
from services.auth.tests.auth_harness import AuthProcess, Headers, MakeClient, TestClient, running
from services.auth.tests.test_consent import approve, ask, bearer
from services.auth.tests.test_keys import _header
from vaultaris_kit.ids import new_id

ROUNDS = 8
TOGETHER = 6


@pytest_asyncio.fixture(scope="module")
async def other(environ: dict[str, str]) -> AsyncIterator[AuthProcess]:
    async with running(environ) as process:
        yield process


@pytest.fixture
def path(directory: FakeDirectory) -> str:
    return f"/api/v1/tenants/{directory.home}/clients"


async def given(auth: AuthProcess, client: TestClient, until: asyncio.Event) -> list[str]:
    """Access tokens, one after the other, from before ``until`` to the first refusal after it."""
    tokens: list[str] = []
    while True:
        over = until.is_set()
        answer = await auth.token(client, grant_type="client_credentials")
        if answer.status_code == 200:
            tokens.append(str(answer.json()["access_token"]))
        else:
            assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")
        if over:
            assert answer.status_code == 401, "served by what the client was before"
            return tokens


class TestClients:
    async def test_an_old_secret_is_dead_everywhere(
        self, auth: AuthProcess, other: AuthProcess, make_client: MakeClient, path: str, admin: Headers
    ) -> None:
        client = await make_client()
        for _round in range(ROUNDS):
            assert await other.own_token(client)
            made = await auth.http.post(f"{path}/{client.row_id}/secret", headers=admin)
            refused = await other.token(client, grant_type="client_credentials")
            assert (refused.status_code, refused.json()["error"]) == (401, "invalid_client")
            client = TestClient(client.row_id, client.client_id, made.json()["data"]["client_secret"])

    async def test_a_replica_that_is_late_is_waited_for(
        self, auth: AuthProcess, other: AuthProcess, make_client: MakeClient, path: str, admin: Headers
    ) -> None:
        client = await make_client()
        assert await other.own_token(client)
        with other.hanging():
            rotating = asyncio.create_task(auth.http.post(f"{path}/{client.row_id}/secret", headers=admin))
            answered, _ = await asyncio.wait({rotating}, timeout=1)
            assert not answered
        assert (await rotating).status_code == 200
        refused = await other.token(client, grant_type="client_credentials")
        assert (refused.status_code, refused.json()["error"]) == (401, "invalid_client")

    @pytest.mark.parametrize("method", ["DELETE", "PUT"])
    async def test_one_that_is_out_of_service_leaves_no_token_behind(
        self, auth: AuthProcess, other: AuthProcess, client: TestClient, make_client: MakeClient, path: str,
        admin: Headers, method: str,
    ) -> None:  # fmt: skip
        """Not even of those that the other replica gave in the moment before it heard of it."""
        for _round in range(ROUNDS):
            ended, over = await make_client(), asyncio.Event()
            asking = [asyncio.create_task(given(other, ended, over)) for _ in range(TOGETHER)]
            await other.own_token(ended)
            body = {"is_enabled": False} if method == "PUT" else None
            answer = await auth.http.request(method, f"{path}/{ended.row_id}", json=body, headers=admin)
            assert answer.is_success, answer.text
            over.set()
            for token in [token for tokens in await asyncio.gather(*asking) for token in tokens]:
                assert not await auth.is_active(client, token)
                assert not await other.is_active(client, token)


class TestKeys:
    async def test_a_withdrawn_key_signs_nowhere(
        self, auth: AuthProcess, other: AuthProcess, make_client: MakeClient, directory: FakeDirectory
    ) -> None:
        tenant_id = directory.add_tenant()
        user = directory.add_user(f"user-{new_id()}", tenant_id=tenant_id, rights=["*:*"])
        client = await make_client(tenant_id)
        for _round in range(ROUNDS):
            signed_in = await auth.sign_in(client, user.username)
            await other.own_token(client)
            rotated = await auth.http.post(
                f"/api/v1/tenants/{tenant_id}/keys/rotate", json={"revoke_previous": True},
                headers={"Authorization": f"Bearer {signed_in['access_token']}"},
            )  # fmt: skip
            token = await other.own_token(client)
            assert _header(token) == rotated.json()["data"]["key_id"]
            assert await auth.is_active(client, token)


class TestTokens:
    async def test_one_that_was_revoked_is_refused_at_once(
        self, auth: AuthProcess, other: AuthProcess, client: TestClient
    ) -> None:
        """However busy the other replica is."""
        over = asyncio.Event()
        busy = [asyncio.create_task(_keep_busy(other, client, over)) for _ in range(TOGETHER)]
        for _round in range(5 * ROUNDS):
            token = await auth.own_token(client)
            answer = await auth.http.post("/oauth/revoke", data={**client.form, "token": token})
            assert answer.status_code == 200
            assert not await other.is_active(client, token)
        over.set()
        await asyncio.gather(*busy)


async def _keep_busy(auth: AuthProcess, client: TestClient, over: asyncio.Event) -> None:
    while not over.is_set():
        await auth.sign_in(client)


class TestSessions:
    async def test_one_that_ends_while_its_code_is_redeemed(
        self, auth: AuthProcess, other: AuthProcess, browser: Browser, first_party: TestClient
    ) -> None:
        """Whoever is first: nothing of the session is good once its end was answered."""
        for _round in range(ROUNDS):
            await browser.sign_in()
            pkce = Pkce()
            code = await browser.code(first_party, pkce)
            answer, _ = await asyncio.gather(redeem(other, first_party, code, pkce), browser.end_session())
            await self._nothing_is_good(auth, other, first_party, answer)

    async def test_one_that_ends_while_it_is_refreshed(
        self, auth: AuthProcess, other: AuthProcess, browser: Browser, first_party: TestClient
    ) -> None:
        for _round in range(ROUNDS):
            await browser.sign_in()
            pkce = Pkce()
            tokens = (await redeem(auth, first_party, await browser.code(first_party, pkce), pkce)).json()
            refreshing = other.token(first_party, grant_type="refresh_token", refresh_token=tokens["refresh_token"])
            answer, _ = await asyncio.gather(refreshing, browser.end_session())
            await self._nothing_is_good(auth, other, first_party, answer)

    async def _nothing_is_good(
        self, auth: AuthProcess, other: AuthProcess, client: TestClient, answer: httpx.Response
    ) -> None:
        given: dict[str, Any] = answer.json()
        if answer.status_code != 200:
            assert (answer.status_code, given["error"]) == (400, "invalid_grant")
            return
        for replica in (auth, other):
            assert not await replica.is_active(client, given["access_token"])
        again = await auth.token(client, grant_type="refresh_token", refresh_token=given["refresh_token"])
        assert again.json()["error"] == "invalid_grant"


class TestConsents:
    async def test_one_that_is_withdrawn_while_codes_are_given_by_it(
        self, auth: AuthProcess, browser: Browser, third_party: TestClient, make_client: MakeClient
    ) -> None:
        user = browser.directory.add_user(f"user-{new_id()}")
        await browser.sign_in(user)
        headers, pkce = await bearer(auth, make_client, user.username), Pkce()
        for _round in range(ROUNDS):
            agreed = await approve(auth, await ask(browser, third_party, pkce), headers, ["openid", "profile"])
            assert agreed.status_code == 200, agreed.text
            (consent,) = (await auth.http.get("/api/v1/consents", headers=headers)).json()["data"]
            asking = [browser.authorize(third_party, pkce) for _ in range(TOGETHER)]
            withdrawing = auth.http.delete(f"/api/v1/consents/{consent['id']}", headers=headers)
            *answers, withdrawn = await asyncio.gather(*asking, withdrawing)
            assert withdrawn.status_code == 204
            codes = [answer_of(each)["code"] for each in answers if "code=" in each.headers["location"]]
            for code in codes:
                assert (await redeem(auth, third_party, code, pkce)).json()["error"] == "invalid_grant"
