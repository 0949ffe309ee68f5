"""Access and refresh tokens bound to a key (RFC 9449)."""

import asyncio
import json
import time
from typing import Any
from urllib.parse import urlsplit

import pytest

from services.auth.tests.auth_fakes import PASSWORD, FakeDirectory
from services.auth.tests.auth_harness import ISSUER, AuthProcess, MakeClient, TestClient, running
from services.auth.tests.dpop import Holder, challenge_of, until_proofs_need_no_nonce
from vaultaris_auth.tokens.verified import claims_of

USERINFO = "/oauth/userinfo"
PASSWORD_GRANT = {"grant_type": "password", "username": "bob", "password": PASSWORD, "scope": "openid"}


@pytest.fixture
def holder() -> Holder:
    return Holder()


async def bound(auth: AuthProcess, client: TestClient, holder: Holder) -> dict[str, Any]:
    """The answer to a sign-in whose tokens are bound to the holder's key."""
    form = {**client.form, **PASSWORD_GRANT}
    answer = await auth.http.post("/oauth/token", data=form, headers=holder.at_token_endpoint())
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def refreshed(auth: AuthProcess, client: TestClient, token: str, headers: dict[str, str]) -> dict[str, Any]:
    form = {**client.form, "grant_type": "refresh_token", "refresh_token": token}
    return dict((await auth.http.post("/oauth/token", data=form, headers=headers)).json())


@pytest.fixture(scope="module", autouse=True)
async def settled(auth: AuthProcess, client: TestClient) -> None:
    await until_proofs_need_no_nonce(auth, client)


class TestTokenEndpoint:
    async def test_binds(self, auth: AuthProcess, client: TestClient, holder: Holder) -> None:
        answer = await bound(auth, client, holder)
        assert answer["token_type"] == "DPoP"
        assert claims_of(answer["access_token"])["cnf"] == {"jkt": holder.jkt}

    async def test_without_a_proof_nothing_is_bound(self, auth: AuthProcess, client: TestClient) -> None:
        answer = await auth.sign_in(client)
        assert answer["token_type"] == "Bearer"
        assert "cnf" not in claims_of(answer["access_token"])

    async def test_a_client_that_demands_it_gets_nothing_else(
        self, auth: AuthProcess, make_client: MakeClient, holder: Holder
    ) -> None:
        client = await make_client(dpop_bound_access_tokens=True)
        assert (await auth.token(client, grant_type="client_credentials")).json()["error"] == "invalid_dpop_proof"
        form = {**client.form, "grant_type": "client_credentials"}
        answer = await auth.http.post("/oauth/token", data=form, headers=holder.at_token_endpoint())
        assert answer.json()["token_type"] == "DPoP"

    async def test_demanding_it_ends_unbound_tokens(
        self, auth: AuthProcess, make_client: MakeClient, admin: dict[str, str], directory: FakeDirectory
    ) -> None:
        client, holder = await make_client(), Holder()
        signed_in = await auth.sign_in(client)
        path = f"/api/v1/tenants/{directory.home}/clients/{client.row_id}"
        await auth.http.put(path, json={"dpop_bound_access_tokens": True}, headers=admin)
        assert not await auth.is_active(client, signed_in["access_token"])
        again = await refreshed(auth, client, signed_in["refresh_token"], holder.at_token_endpoint())
        assert again["token_type"] == "DPoP"

    async def test_ath_may_be_there(self, auth: AuthProcess, client: TestClient, holder: Holder) -> None:
        """Existing clients send it whenever they hold a token."""
        headers = holder.at_token_endpoint(token="old")
        form = {**client.form, "grant_type": "client_credentials"}
        assert (await auth.http.post("/oauth/token", data=form, headers=headers)).status_code == 200

    @pytest.mark.parametrize(
        "changes",
        [
            {"htm": "GET"},
            {"htm": "post"},
            {"htu": f"{ISSUER}/oauth/revoke"},
            {"htu": "http://id.example.com/oauth/token"},
            {"htu": "https://evil.example/oauth/token"},
            {"htu": "https://id.example.com@evil.example/oauth/token"},
            {"htu": "nonsense"},
            {"iat": None},
            {"iat": "now"},
            {"iat": time.time() - 3600},
            {"iat": time.time() + 3600},
            {"jti": None},
            {"jti": ""},
            {"jti": "x" * 300},
            {"header": {"typ": "JWT"}},
            {"header": {"alg": "none"}},
            {"header": {"alg": "HS256"}},
            {"header": {"alg": "EdDSA"}},
            {"header": {"crit": ["b64"], "b64": False}},
            {"header": {"jwk": None}},
            {"header": {"jwk": {**Holder().jwk, "d": "AA"}}},
            {"header": {"jwk": Holder().jwk}},
        ],
    )
    async def test_bad_proofs(
        self, auth: AuthProcess, client: TestClient, holder: Holder, changes: dict[str, Any]
    ) -> None:
        form = {**client.form, "grant_type": "client_credentials"}
        answer = await auth.http.post("/oauth/token", data=form, headers=holder.at_token_endpoint(**changes))
        assert (answer.status_code, answer.json()["error"]) == (400, "invalid_dpop_proof")

    @pytest.mark.parametrize("proof", ["", "x", "a.b.c", "é.b.c", "." * 9000])
    async def test_nonsense(self, auth: AuthProcess, client: TestClient, proof: str) -> None:
        form = {**client.form, "grant_type": "client_credentials"}
        answer = await auth.http.post("/oauth/token", data=form, headers={b"DPoP": proof.encode()})
        assert (answer.status_code, answer.json()["error"]) == (400, "invalid_dpop_proof")

    @pytest.mark.parametrize("part", [0, 1])
    async def test_brackets(self, auth: AuthProcess, client: TestClient, holder: Holder, part: int) -> None:
        """More of them than a decoder goes down into."""
        parts = [{"typ": "dpop+jwt", "alg": "ES256", "jwk": holder.jwk}, {"jti": "x", "htm": "POST", "iat": 1}]
        texts = [json.dumps(each) for each in parts]
        texts[part] = f'{texts[part][:-1]}, "x": {"[" * 2000}{"]" * 2000}}}'
        form = {**client.form, "grant_type": "client_credentials"}
        answer = await auth.http.post("/oauth/token", data=form, headers={"DPoP": holder.sign_texts(*texts)})
        assert (answer.status_code, answer.json()["error"]) == (400, "invalid_dpop_proof")

    async def test_two_proofs(self, auth: AuthProcess, client: TestClient, holder: Holder) -> None:
        form = {**client.form, "grant_type": "client_credentials"}
        headers = [("DPoP", holder.at_token_endpoint()["DPoP"]) for _ in range(2)]
        answer = await auth.http.post("/oauth/token", data=form, headers=headers)
        assert answer.json()["error"] == "invalid_dpop_proof"

    async def test_the_address_is_that_of_the_configuration(
        self, auth: AuthProcess, client: TestClient, holder: Holder
    ) -> None:
        """What a request says of itself is not believed; other spellings of the same address are."""
        form = {**client.form, "grant_type": "client_credentials"}
        evil = holder.at_token_endpoint(htu="https://evil.example/oauth/token")
        forwarded = {"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https", "Host": "evil.example"}
        answer = await auth.http.post("/oauth/token", data=form, headers=evil | forwarded)
        assert answer.json()["error"] == "invalid_dpop_proof"
        same = holder.at_token_endpoint(htu="HTTPS://ID.example.com:443/oauth/%74oken?x=1#y")
        assert (await auth.http.post("/oauth/token", data=form, headers=same)).status_code == 200


class TestResource:
    async def test_accepts(self, auth: AuthProcess, client: TestClient, holder: Holder) -> None:
        token = (await bound(auth, client, holder))["access_token"]
        for method in ("GET", "POST", "GET"):
            answer = await auth.http.request(method, USERINFO, headers=holder.headers(token, method, USERINFO))
            assert answer.status_code == 200, answer.text

    @pytest.mark.parametrize("scheme", ["Bearer", "ApiKey"])
    async def test_other_schemes_are_refused(
        self, auth: AuthProcess, client: TestClient, holder: Holder, scheme: str
    ) -> None:
        token = (await bound(auth, client, holder))["access_token"]
        headers = holder.headers(token, "GET", USERINFO) | {"Authorization": f"{scheme} {token}"}
        challenge = challenge_of(await auth.http.get(USERINFO, headers=headers))
        assert challenge.startswith('DPoP algs="ES256 EdDSA RS256 PS256", error="invalid_token"')

    async def test_not_in_a_form(self, auth: AuthProcess, client: TestClient, holder: Holder) -> None:
        token = (await bound(auth, client, holder))["access_token"]
        assert (await auth.http.post(USERINFO, data={"access_token": token})).status_code == 401

    async def test_an_unbound_token_is_no_dpop_token(
        self, auth: AuthProcess, client: TestClient, holder: Holder
    ) -> None:
        token = (await auth.sign_in(client))["access_token"]
        answer = await auth.http.get(USERINFO, headers=holder.headers(token, "GET", USERINFO))
        assert 'error="invalid_token"' in challenge_of(answer)

    @pytest.mark.parametrize("token", ["a.b.c", "x"])
    async def test_a_bad_token_is_refused_in_the_scheme_that_it_came_by(
        self, auth: AuthProcess, holder: Holder, token: str
    ) -> None:
        answer = await auth.http.get(USERINFO, headers=holder.headers(token, "GET", USERINFO))
        assert challenge_of(answer).startswith('DPoP algs="ES256 EdDSA RS256 PS256", error="invalid_token"')

    async def test_anothers_key(self, auth: AuthProcess, client: TestClient, holder: Holder) -> None:
        token = (await bound(auth, client, holder))["access_token"]
        answer = await auth.http.get(USERINFO, headers=Holder().headers(token, "GET", USERINFO))
        assert 'error="invalid_token"' in challenge_of(answer)

    @pytest.mark.parametrize("changes", [{"ath": None}, {"ath": "x"}, {"htm": "POST"}, {"htu": f"{ISSUER}/"}])
    async def test_bad_proofs(
        self, auth: AuthProcess, client: TestClient, holder: Holder, changes: dict[str, Any]
    ) -> None:
        token = (await bound(auth, client, holder))["access_token"]
        answer = await auth.http.get(USERINFO, headers=holder.headers(token, "GET", USERINFO, **changes))
        assert 'error="invalid_dpop_proof"' in challenge_of(answer)

    async def test_management_too(self, auth: AuthProcess, client: TestClient, directory: FakeDirectory) -> None:
        holder, path = Holder(), f"/api/v1/tenants/{directory.home}/keys"
        form = {**client.form, **PASSWORD_GRANT, "username": "admin"}
        signed_in = await auth.http.post("/oauth/token", data=form, headers=holder.at_token_endpoint())
        token = signed_in.json()["access_token"]
        answer = await auth.http.get(path, params={"page": 1}, headers=holder.headers(token, "GET", path))
        assert answer.status_code == 200
        refused = await auth.http.get(path, headers=holder.headers(token, "GET", path, ath=None))
        assert refused.json()["error"] == "invalid_dpop_proof"

    async def test_challenge_names_both_schemes(self, auth: AuthProcess) -> None:
        challenge = challenge_of(await auth.http.get(USERINFO))
        assert challenge.startswith("Bearer, DPoP algs=")


class TestReplay:
    async def test_once(self, auth: AuthProcess, client: TestClient, holder: Holder) -> None:
        token = (await bound(auth, client, holder))["access_token"]
        headers = holder.headers(token, "GET", USERINFO)
        answers = await asyncio.gather(*(auth.http.get(USERINFO, headers=headers) for _ in range(10)))
        assert sorted(answer.status_code for answer in answers) == [200] + [401] * 9

    async def test_a_burst_is_no_loss_of_memory(self, auth: AuthProcess, client: TestClient, holder: Holder) -> None:
        form = {**client.form, "grant_type": "client_credentials"}
        proofs = [holder.at_token_endpoint() for _ in range(80)]
        answers = await asyncio.gather(*(auth.http.post("/oauth/token", data=form, headers=each) for each in proofs))
        assert {answer.status_code for answer in answers} == {200}

    async def test_across_replicas_and_without_valkey(
        self, auth: AuthProcess, environ: dict[str, str], client: TestClient, holder: Holder
    ) -> None:
        """A replica whose Valkey is away asks the table, and demands that a proof be newer than the loss."""
        form = {**client.form, "grant_type": "client_credentials"}
        with_valkey = holder.at_token_endpoint()
        assert (await auth.http.post("/oauth/token", data=form, headers=with_valkey)).status_code == 200
        async with running(environ) as other, running(environ | {"REDIS_URL": "redis://127.0.0.1:1/0"}) as cut_off:
            refused = await other.http.post("/oauth/token", data=form, headers=with_valkey)
            assert refused.json()["error"] == "invalid_dpop_proof"
            asked = await cut_off.http.post("/oauth/token", data=form, headers=with_valkey)
            assert asked.json()["error"] == "use_dpop_nonce"
            answered = holder.at_token_endpoint(nonce=asked.headers["dpop-nonce"])
            assert (await cut_off.http.post("/oauth/token", data=form, headers=answered)).status_code == 200
            again = await cut_off.http.post("/oauth/token", data=form, headers=answered)
            assert again.json()["error"] == "invalid_dpop_proof"


class TestNonce:
    async def test_a_client_may_demand_it_of_itself(
        self, auth: AuthProcess, make_client: MakeClient, holder: Holder
    ) -> None:
        client = await make_client(require_dpop_nonce=True)
        form = {**client.form, "grant_type": "client_credentials"}
        first = await auth.http.post("/oauth/token", data=form, headers=holder.at_token_endpoint())
        assert (first.status_code, first.json()["error"]) == (400, "use_dpop_nonce")
        headers = holder.at_token_endpoint(nonce=first.headers["dpop-nonce"])
        assert (await auth.http.post("/oauth/token", data=form, headers=headers)).status_code == 200

    @pytest.mark.parametrize("nonce", ["x", "A" * 32, "", "é"])
    async def test_a_wrong_one_is_refused_even_where_none_is_needed(
        self, auth: AuthProcess, client: TestClient, holder: Holder, nonce: str
    ) -> None:
        form = {**client.form, "grant_type": "client_credentials"}
        answer = await auth.http.post("/oauth/token", data=form, headers=holder.at_token_endpoint(nonce=nonce))
        assert answer.json()["error"] == "use_dpop_nonce"

    async def test_everywhere_by_configuration(
        self, environ: dict[str, str], client: TestClient, holder: Holder
    ) -> None:
        form = {**client.form, **PASSWORD_GRANT}
        async with running(environ | {"DPOP_REQUIRE_NONCE": "true"}) as strict:
            first = await strict.http.post("/oauth/token", data=form, headers=holder.at_token_endpoint())
            nonce = first.headers["dpop-nonce"]
            signed_in = await strict.http.post("/oauth/token", data=form, headers=holder.at_token_endpoint(nonce=nonce))
            token = signed_in.json()["access_token"]
            asked = await strict.http.get(USERINFO, headers=holder.headers(token, "GET", USERINFO))
            assert 'error="use_dpop_nonce"' in challenge_of(asked)
            headers = holder.headers(token, "GET", USERINFO, nonce=asked.headers["dpop-nonce"])
            assert (await strict.http.get(USERINFO, headers=headers)).status_code == 200


class TestRefresh:
    async def test_a_public_client_needs_the_same_key(self, auth: AuthProcess, make_client: MakeClient) -> None:
        client, holder = await make_client(is_public=True), Holder()
        token = (await bound(auth, client, holder))["refresh_token"]
        assert (await refreshed(auth, client, token, {}))["error"] == "invalid_dpop_proof"
        assert (await refreshed(auth, client, token, Holder().at_token_endpoint()))["error"] == "invalid_grant"
        again = await refreshed(auth, client, token, holder.at_token_endpoint())
        assert again["token_type"] == "DPoP"
        assert claims_of(again["access_token"])["cnf"] == {"jkt": holder.jkt}

    async def test_a_proof_binds_what_was_unbound(self, auth: AuthProcess, make_client: MakeClient) -> None:
        client, holder = await make_client(is_public=True), Holder()
        token = (await auth.sign_in(client))["refresh_token"]
        again = await refreshed(auth, client, token, holder.at_token_endpoint())
        assert (await refreshed(auth, client, again["refresh_token"], {}))["error"] == "invalid_dpop_proof"

    async def test_one_that_authenticates_may_change_its_key(
        self, auth: AuthProcess, client: TestClient, holder: Holder
    ) -> None:
        token, newer = (await bound(auth, client, holder))["refresh_token"], Holder()
        assert (await refreshed(auth, client, token, {}))["error"] == "invalid_dpop_proof"
        again = await refreshed(auth, client, token, newer.at_token_endpoint())
        assert claims_of(again["access_token"])["cnf"] == {"jkt": newer.jkt}


class TestTold:
    async def test_introspection(self, auth: AuthProcess, client: TestClient, holder: Holder) -> None:
        answer = await bound(auth, client, holder)
        access = await auth.http.post("/oauth/introspect", data={**client.form, "token": answer["access_token"]})
        assert (access.json()["token_type"], access.json()["cnf"]) == ("DPoP", {"jkt": holder.jkt})
        refresh = await auth.http.post("/oauth/introspect", data={**client.form, "token": answer["refresh_token"]})
        assert refresh.json()["cnf"] == {"jkt": holder.jkt}

    async def test_validation(
        self, auth: AuthProcess, client: TestClient, holder: Holder, admin: dict[str, str]
    ) -> None:
        path = "/api/v1/integration/token/validate"
        token = (await bound(auth, client, holder))["access_token"]
        told = (await auth.http.post(path, json={"token": token}, headers=admin)).json()["data"]
        assert (told["valid"], told["token_type"], told["cnf"]) == (True, "DPoP", {"jkt": holder.jkt})

    async def test_discovery(self, auth: AuthProcess) -> None:
        told = (await auth.http.get("/.well-known/openid-configuration")).json()
        assert told["dpop_signing_alg_values_supported"] == ["ES256", "EdDSA", "RS256", "PS256"]
        assert urlsplit(told["token_endpoint"]).path == "/oauth/token"
