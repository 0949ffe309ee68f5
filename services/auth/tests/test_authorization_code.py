"""The authorization code grant: what a code is bound to, what it gives, and what becomes of one that is used twice."""

import asyncio
import hashlib
from base64 import urlsafe_b64encode
from typing import Any

import pytest
from sqlalchemy import text

from services.auth.tests.auth_browser import REDIRECT, Browser, Pkce, redeem
from services.auth.tests.auth_fakes import FakeDirectory
from services.auth.tests.auth_harness import ISSUER, AuthProcess, Headers, MakeClient, TestClient
from vaultaris.auth.v1.auth_pb2 import Revocation, RevokeRequest
from vaultaris_auth.tokens.verified import claims_of
from vaultaris_kit.crypto import digest
from vaultaris_kit.database import Database


def half_hash(value: str) -> str:
    return urlsafe_b64encode(hashlib.sha256(value.encode()).digest()[:16]).rstrip(b"=").decode()


class TestTokens:
    async def test_id_token(self, auth: AuthProcess, browser: Browser, first_party: TestClient) -> None:
        await browser.sign_in(amr=["pwd", "otp", "mfa"])
        pkce = Pkce()
        code = await browser.code(first_party, pkce, nonce="n-0S6_WzA2Mj")
        answer = (await redeem(auth, first_party, code, pkce)).json()
        claims = claims_of(answer["id_token"])
        assert (claims["iss"], claims["aud"], claims["sub"]) == (
            ISSUER,
            first_party.client_id,
            browser.directory.bob.id,
        )
        assert claims["nonce"] == "n-0S6_WzA2Mj"
        assert claims["at_hash"] == half_hash(answer["access_token"])
        assert claims["c_hash"] == half_hash(code)
        assert (claims["amr"], claims["acr"]) == (["pwd", "otp", "mfa"], "1")
        assert claims["sid"] == str(browser.session_id)
        assert claims["auth_time"] <= claims["iat"] < claims["exp"]
        access = claims_of(answer["access_token"])
        assert (access["sid"], access["scope"]) == (claims["sid"], "openid profile")
        assert answer["refresh_token"]

    async def test_without_openid_there_is_no_id_token(
        self, auth: AuthProcess, browser: Browser, first_party: TestClient
    ) -> None:
        await browser.sign_in()
        pkce = Pkce()
        code = await browser.code(first_party, pkce, scope="profile")
        assert "id_token" not in (await redeem(auth, first_party, code, pkce)).json()

    async def test_clients_of_one_browser_share_its_session(
        self, auth: AuthProcess, browser: Browser, first_party: TestClient, make_client: MakeClient
    ) -> None:
        other = await make_client(
            redirect_uris=[REDIRECT], require_consent=False, is_public=True,
            allowed_grant_types=["authorization_code"],
        )  # fmt: skip
        await browser.sign_in()
        pkce = Pkce()
        one = (await redeem(auth, first_party, await browser.code(first_party, pkce), pkce)).json()
        two = (await redeem(auth, other, await browser.code(other, pkce), pkce)).json()
        assert claims_of(one["id_token"])["sid"] == claims_of(two["id_token"])["sid"]
        assert "refresh_token" not in two


class TestBinding:
    @pytest.mark.parametrize(
        ("changed", "error"),
        [
            ({"code": "vac_unknown"}, "invalid_grant"),
            ({"code": ""}, "invalid_request"),
            ({"redirect_uri": ""}, "invalid_request"),
            ({"redirect_uri": "https://app.example.com/other"}, "invalid_grant"),
            ({"code_verifier": ""}, "invalid_request"),
            ({"code_verifier": "x" * 43}, "invalid_grant"),
            ({"code_verifier": "x" * 42}, "invalid_request"),
            ({"code_verifier": "x" * 129}, "invalid_request"),
        ],
    )
    async def test_refused_and_not_spent(
        self, auth: AuthProcess, browser: Browser, first_party: TestClient, changed: dict[str, Any], error: str
    ) -> None:
        await browser.sign_in()
        pkce = Pkce()
        code = await browser.code(first_party, pkce)
        refused = await redeem(auth, first_party, code, pkce, **changed)
        assert (refused.status_code, refused.json()["error"]) == (400, error)
        assert (await redeem(auth, first_party, code, pkce)).status_code == 200

    async def test_another_client(
        self, auth: AuthProcess, browser: Browser, first_party: TestClient, third_party: TestClient
    ) -> None:
        await browser.sign_in()
        pkce = Pkce()
        code = await browser.code(first_party, pkce)
        assert (await redeem(auth, third_party, code, pkce)).json()["error"] == "invalid_grant"
        assert (await redeem(auth, first_party, code, pkce)).status_code == 200

    async def test_verifier_without_challenge(
        self, auth: AuthProcess, browser: Browser, make_client: MakeClient
    ) -> None:
        client = await make_client(
            redirect_uris=[REDIRECT], require_consent=False, require_pkce=False,
            allowed_grant_types=["authorization_code"],
        )  # fmt: skip
        await browser.sign_in()
        pkce, none = Pkce(), {"code_challenge": None, "code_challenge_method": None}
        code = await browser.code(client, pkce, **none)
        assert (await redeem(auth, client, code, pkce)).json()["error"] == "invalid_grant"
        assert (await redeem(auth, client, code, pkce, code_verifier="")).status_code == 200

    async def test_a_client_that_has_become_public_redeems_no_code_without_a_verifier(
        self, auth: AuthProcess, browser: Browser, make_client: MakeClient, admin: Headers
    ) -> None:
        client = await make_client(
            redirect_uris=[REDIRECT], require_consent=False, require_pkce=False,
            allowed_grant_types=["authorization_code"],
        )  # fmt: skip
        await browser.sign_in()
        pkce = Pkce()
        code = await browser.code(client, pkce, code_challenge=None, code_challenge_method=None)
        path = f"/api/v1/tenants/{browser.directory.home}/clients/{client.row_id}"
        changed = await auth.http.put(path, json={"client_type": "public", "require_pkce": True}, headers=admin)
        assert changed.status_code == 200, changed.text
        public = TestClient(client.row_id, client.client_id, "")
        refused = await redeem(auth, public, code, pkce, code_verifier="")
        assert (refused.status_code, refused.json()["error"]) == (400, "invalid_grant")

    async def test_a_code_bound_to_a_key_needs_its_proof(
        self, auth: AuthProcess, browser: Browser, first_party: TestClient
    ) -> None:
        await browser.sign_in()
        pkce = Pkce()
        code = await browser.code(first_party, pkce, dpop_jkt="A" * 43)
        assert (await redeem(auth, first_party, code, pkce)).json()["error"] == "invalid_dpop_proof"

    @pytest.mark.parametrize(
        ("change", "answer"),
        [
            ({"allowed_scopes": ["openid"]}, ("openid", None)),
            ({"redirect_uris": ["https://app.example.com/new"]}, (None, "invalid_grant")),
        ],
    )
    async def test_what_the_client_lost_meanwhile(
        self, auth: AuthProcess, browser: Browser, make_client: MakeClient, admin: dict[str, str],
        change: dict[str, list[str]], answer: tuple[str | None, str | None],
    ) -> None:  # fmt: skip
        """A right that was taken from it, or an address that is not its own any more."""
        client = await make_client(
            redirect_uris=[REDIRECT], allowed_grant_types=["authorization_code", "refresh_token"],
            allowed_scopes=["openid", "users:read"], require_consent=False,
        )  # fmt: skip
        await browser.sign_in()
        pkce = Pkce()
        code = await browser.code(client, pkce, scope="openid users:read")
        path = f"/api/v1/tenants/{browser.directory.home}/clients/{client.row_id}"
        assert (await auth.http.put(path, json=change, headers=admin)).status_code == 200
        told = (await redeem(auth, client, code, pkce)).json()
        assert (told.get("scope"), told.get("error")) == answer

    async def test_user_who_left_meanwhile(
        self, auth: AuthProcess, browser: Browser, first_party: TestClient, directory: FakeDirectory
    ) -> None:
        user = directory.add_user("leaver")
        await browser.sign_in(user)
        pkce = Pkce()
        code = await browser.code(first_party, pkce)
        left = Revocation(subject=Revocation.SUBJECT_USER, id=user.id)
        await auth.stub.Revoke(RevokeRequest(tenant_id=user.tenant_id, revocations=[left]))
        assert (await redeem(auth, first_party, code, pkce)).json()["error"] == "invalid_grant"


class TestReplay:
    async def test_second_use_revokes_what_the_first_gave(
        self, auth: AuthProcess, browser: Browser, first_party: TestClient
    ) -> None:
        await browser.sign_in()
        pkce = Pkce()
        code = await browser.code(first_party, pkce)
        given = (await redeem(auth, first_party, code, pkce)).json()
        assert await auth.is_active(first_party, given["access_token"])
        assert (await redeem(auth, first_party, code, pkce)).json()["error"] == "invalid_grant"
        assert not await auth.is_active(first_party, given["access_token"])
        refreshed = await auth.token(first_party, grant_type="refresh_token", refresh_token=given["refresh_token"])
        assert refreshed.json()["error"] == "invalid_grant"

    async def test_twenty_at_once(self, auth: AuthProcess, browser: Browser, first_party: TestClient) -> None:
        await browser.sign_in()
        pkce = Pkce()
        code = await browser.code(first_party, pkce)
        answers = await asyncio.gather(*(redeem(auth, first_party, code, pkce) for _ in range(20)))
        good = [answer.json() for answer in answers if answer.status_code == 200]
        assert len(good) == 1
        assert {answer.json()["error"] for answer in answers if answer.status_code != 200} == {"invalid_grant"}
        assert not await auth.is_active(first_party, good[0]["access_token"])
        assert not await auth.is_active(first_party, good[0]["refresh_token"])

    async def test_without_refresh_token(self, auth: AuthProcess, browser: Browser, make_client: MakeClient) -> None:
        client = await make_client(
            redirect_uris=[REDIRECT], require_consent=False, allowed_grant_types=["authorization_code"]
        )
        await browser.sign_in()
        pkce = Pkce()
        code = await browser.code(client, pkce)
        given = (await redeem(auth, client, code, pkce)).json()
        await redeem(auth, client, code, pkce)
        assert not await auth.is_active(client, given["access_token"])

    async def test_an_ended_session_takes_its_codes_along(
        self, auth: AuthProcess, browser: Browser, first_party: TestClient
    ) -> None:
        await browser.sign_in()
        pkce = Pkce()
        code = await browser.code(first_party, pkce)
        await browser.end_session()
        assert (await redeem(auth, first_party, code, pkce)).json()["error"] == "invalid_grant"
        assert "code" not in (await browser.authorize(first_party)).headers["location"]


class TestLifetime:
    async def test_a_code_dies_of_age(
        self, auth: AuthProcess, browser: Browser, first_party: TestClient, database: Database
    ) -> None:
        await browser.sign_in()
        pkce = Pkce()
        code = await browser.code(first_party, pkce)
        whose = {"hash": digest(code)}
        async with database.tenant(browser.directory.home) as session:
            lives = (
                "SELECT extract(epoch FROM expires_at - now()) FROM auth.authorization_codes WHERE code_hash = :hash"
            )
            left = (await session.execute(text(lives), whose)).scalar_one()
            assert 0 < left <= 60
            aged = "UPDATE auth.authorization_codes SET expires_at = now() WHERE code_hash = :hash"
            await session.execute(text(aged), whose)
        assert (await redeem(auth, first_party, code, pkce)).json()["error"] == "invalid_grant"
