"""Pushed authorization requests (RFC 9126)."""

import asyncio
from typing import Any

import httpx
import pytest

from services.auth.tests.auth_browser import REDIRECT, Browser, Pkce, answer_of, redeem
from services.auth.tests.auth_harness import AuthProcess, MakeClient, TestClient
from services.auth.tests.dpop import Holder, until_proofs_need_no_nonce
from vaultaris_auth.tokens.verified import claims_of

PAR = "/oauth/par"


async def push(
    auth: AuthProcess, client: TestClient, pkce: Pkce, proof: str | None = None, **changed: Any
) -> httpx.Response:
    asked = {
        "response_type": "code", "redirect_uri": REDIRECT, "scope": "openid", "state": "pushed",
        "code_challenge": pkce.challenge, "code_challenge_method": "S256", **client.form, **changed,
    }  # fmt: skip
    form = {name: value for name, value in asked.items() if value is not None}
    return await auth.http.post("/oauth/par", data=form, headers={"DPoP": proof} if proof else {})


@pytest.fixture(scope="module")
async def pusher(make_client: MakeClient) -> TestClient:
    return await make_client(
        redirect_uris=[REDIRECT], require_consent=False, allowed_grant_types=["authorization_code"],
        require_pushed_authorization_requests=True,
    )  # fmt: skip


class TestPush:
    async def test_whole_flow(self, auth: AuthProcess, browser: Browser, pusher: TestClient) -> None:
        pkce = Pkce()
        answer = await push(auth, pusher, pkce)
        assert answer.status_code == 201
        assert answer.headers["cache-control"] == "no-store"
        reference = answer.json()["request_uri"]
        assert reference.startswith("urn:ietf:params:oauth:request_uri:")
        assert answer.json()["expires_in"] == 90
        await browser.sign_in()
        told = answer_of(
            await browser.get(
                "/oauth/authorize", client_id=pusher.client_id, request_uri=reference, state="overridden",
                redirect_uri="https://evil.example.com/",
            )
        )  # fmt: skip
        assert told["state"] == "pushed"
        assert (await redeem(auth, pusher, told["code"], pkce)).status_code == 200

    async def test_a_reference_is_good_once(self, auth: AuthProcess, browser: Browser, pusher: TestClient) -> None:
        reference = (await push(auth, pusher, Pkce())).json()["request_uri"]
        await browser.sign_in()
        answers = await asyncio.gather(
            *(browser.get("/oauth/authorize", client_id=pusher.client_id, request_uri=reference) for _ in range(20))
        )
        assert sorted(answer.status_code for answer in answers) == [303] + [400] * 19

    async def test_another_clients_reference(
        self, auth: AuthProcess, browser: Browser, pusher: TestClient, first_party: TestClient
    ) -> None:
        reference = (await push(auth, pusher, Pkce())).json()["request_uri"]
        answer = await browser.get("/oauth/authorize", client_id=first_party.client_id, request_uri=reference)
        assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request_uri")

    async def test_client_that_must_push(self, browser: Browser, pusher: TestClient) -> None:
        answer = await browser.authorize(pusher)
        assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")

    async def test_no_address_is_ever_fetched(self, browser: Browser, first_party: TestClient) -> None:
        answer = await browser.authorize(first_party, request_uri="https://evil.example.com/request.jwt")
        assert answer_of(answer)["error"] == "request_uri_not_supported"
        answer = await browser.get(
            "/oauth/authorize", client_id=first_party.client_id, request_uri="https://evil.example.com/request.jwt"
        )
        assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


@pytest.fixture(scope="module")
async def settled(auth: AuthProcess, client: TestClient) -> None:
    await until_proofs_need_no_nonce(auth, client)


@pytest.mark.usefixtures("settled")
class TestProof:
    """A proof that comes with the pushed request binds the code to its key (RFC 9449 section 10.1)."""

    async def test_binds_the_code(self, auth: AuthProcess, browser: Browser, pusher: TestClient) -> None:
        holder, pkce = Holder(), Pkce()
        reference = (await push(auth, pusher, pkce, holder.proof("POST", PAR))).json()["request_uri"]
        await browser.sign_in()
        told = answer_of(await browser.get("/oauth/authorize", client_id=pusher.client_id, request_uri=reference))
        unproven = await redeem(auth, pusher, told["code"], pkce)
        assert (unproven.status_code, unproven.json()["error"]) == (400, "invalid_dpop_proof")
        form = {
            **pusher.form, "grant_type": "authorization_code", "code": told["code"], "redirect_uri": REDIRECT,
            "code_verifier": pkce.verifier,
        }  # fmt: skip
        anothers = await auth.http.post("/oauth/token", data=form, headers=Holder().at_token_endpoint())
        assert (anothers.status_code, anothers.json()["error"]) == (400, "invalid_dpop_proof")
        redeemed = await auth.http.post("/oauth/token", data=form, headers=holder.at_token_endpoint())
        assert claims_of(redeemed.json()["access_token"])["cnf"] == {"jkt": holder.jkt}

    async def test_agrees_with_the_form(self, auth: AuthProcess, pusher: TestClient) -> None:
        holder = Holder()
        assert (await push(auth, pusher, Pkce(), holder.proof("POST", PAR), dpop_jkt=holder.jkt)).status_code == 201
        refused = await push(auth, pusher, Pkce(), holder.proof("POST", PAR), dpop_jkt=Holder().jkt)
        assert (refused.status_code, refused.json()["error"]) == (400, "invalid_dpop_proof")

    async def test_is_checked(self, auth: AuthProcess, pusher: TestClient, make_client: MakeClient) -> None:
        holder = Holder()
        proof = holder.proof("POST", PAR)
        assert (await push(auth, pusher, Pkce(), proof)).status_code == 201
        for bad in (proof, holder.proof("POST", "/oauth/token"), "nonsense"):
            refused = await push(auth, pusher, Pkce(), bad)
            assert (refused.status_code, refused.json()["error"]) == (400, "invalid_dpop_proof")
        careful = await make_client(redirect_uris=[REDIRECT], require_dpop_nonce=True)
        asked = await push(auth, careful, Pkce(), holder.proof("POST", PAR))
        assert asked.json()["error"] == "use_dpop_nonce"
        assert asked.headers["dpop-nonce"]


class TestRefused:
    @pytest.mark.parametrize(
        ("changed", "status", "error"),
        [
            ({"client_secret": "wrong"}, 401, "invalid_client"),
            ({"redirect_uri": "https://evil.example.com/"}, 400, "invalid_request"),
            ({"code_challenge": None}, 400, "invalid_request"),
            ({"scope": "everything"}, 400, "invalid_scope"),
            ({"response_type": "token"}, 400, "unsupported_response_type"),
            ({"request_uri": "urn:ietf:params:oauth:request_uri:x"}, 400, "invalid_request"),
            ({"request": "e30"}, 400, "request_not_supported"),
        ],
    )
    async def test_error(
        self, auth: AuthProcess, pusher: TestClient, changed: dict[str, Any], status: int, error: str
    ) -> None:
        answer = await push(auth, pusher, Pkce(), **changed)
        assert (answer.status_code, answer.json()["error"]) == (status, error)
