"""Clients that prove themselves by a key of their own, push their requests, and get signed answers."""

from typing import Any

import pytest
import pytest_asyncio
from joserfc import jwt
from joserfc.jwk import KeySet

from services.auth.tests.auth_browser import Pkce
from services.auth.tests.dpop import Holder
from tests.e2e.relying_parties.person import Person
from tests.e2e.tokens.app import REDIRECT, App, assertion, register, register_with_key, told
from tests.e2e.world import Company

SIGNED = "application/token-introspection+jwt"


@pytest.fixture(scope="module")
def key(firm: Company) -> Holder:
    """The client's key."""
    return Holder(firm.admin.url)


@pytest_asyncio.fixture(scope="module")
async def bank(firm: Company, key: Holder) -> App:
    """Pushes what it asks for, and has no secret."""
    return await register_with_key(firm, key, require_pushed_authorization_requests=True)


class TestAssertions:
    async def test_good_once_at_every_endpoint(self, bank: App, key: Holder) -> None:
        for endpoint, form in (
            ("token", {"grant_type": "client_credentials"}),
            ("introspect", {"token": "x"}),
            ("revoke", {"token": "x"}),
            ("par", {"redirect_uri": REDIRECT, "response_type": "code", "code_challenge": Pkce().challenge,
                     "code_challenge_method": "S256"}),
        ):  # fmt: skip
            proven = assertion(bank, key)
            assert (await bank.post(endpoint, **form, **proven)).is_success, endpoint
            again = await bank.post(endpoint, **form, **proven)
            assert (again.status_code, again.json()["error"]) == (401, "invalid_client"), endpoint

    @pytest.mark.parametrize(
        "changes",
        [
            {"aud": "https://elsewhere.example.com"}, {"aud": None}, {"exp": 1}, {"exp": None}, {"jti": None},
            {"exp": 99_999_999_999}, {"iss": "somebody"}, {"sub": "somebody"}, {"nbf": 99_999_999_999},
        ],
        ids=str,
    )  # fmt: skip
    async def test_refused(self, bank: App, key: Holder, changes: dict[str, Any]) -> None:
        form = {"grant_type": "client_credentials", **assertion(bank, key, **changes)}
        assert await bank.refusal("token", **form) in ("invalid_client", "invalid_request")

    async def test_anothers_key_and_no_key(self, bank: App) -> None:
        form = {"grant_type": "client_credentials"}
        assert await bank.refusal("token", **form, **assertion(bank, Holder())) == "invalid_client"
        assert await bank.refusal("token", **form) == "invalid_client"
        assert await bank.refusal("token", **form, client_secret="guessed") == "invalid_client"


class TestPushed:
    async def test_the_whole_flow(self, bank: App, key: Holder, person: Person) -> None:
        pkce = Pkce()
        pushed = await bank.given(
            "par", response_type="code", redirect_uri=REDIRECT, scope="openid", state="pushed",
            code_challenge=pkce.challenge, code_challenge_method="S256", **assertion(bank, key),
        )  # fmt: skip
        assert 5 <= pushed["expires_in"] <= 600
        start = f"{bank.api.url}/oauth/authorize?client_id={bank.client_id}&request_uri={pushed['request_uri']}"
        answer = told(await person.go(f"{start}&state=changed&scope=email", until=REDIRECT))
        assert (answer["state"], answer["iss"]) == ("pushed", bank.api.url)
        form = {"grant_type": "authorization_code", "redirect_uri": REDIRECT, "code_verifier": pkce.verifier}
        tokens = await bank.given("token", **form, code=answer["code"], **assertion(bank, key))
        assert tokens["scope"] == "openid"

        again = await person.http.get(start)
        assert (again.status_code, again.json()["error"]) == (400, "invalid_request_uri")

    async def test_without_pushing_nothing_begins(self, bank: App, person: Person) -> None:
        answer = await person.http.get(bank.address(Pkce()))
        assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")

    async def test_what_could_not_be_asked_for_can_not_be_pushed(self, bank: App, key: Holder) -> None:
        good = {
            "response_type": "code", "redirect_uri": REDIRECT, "scope": "openid",
            "code_challenge": Pkce().challenge, "code_challenge_method": "S256",
        }  # fmt: skip
        for changed, error in (
            ({"redirect_uri": "https://evil.example.com/"}, "invalid_request"),
            ({"scope": "everything"}, "invalid_scope"),
            ({"code_challenge_method": "plain"}, "invalid_request"),
            ({"response_type": "token"}, "unsupported_response_type"),
            ({"request_uri": "urn:ietf:params:oauth:request_uri:x"}, "invalid_request"),
            ({"request": "e30."}, "request_not_supported"),
            ({"claims": '{"id_token":{"acr":{"essential":true,"value":"9"}}}'}, "unmet_authentication_requirements"),
        ):
            assert await bank.refusal("par", **{**good, **changed}, **assertion(bank, key)) == error

    async def test_a_reference_is_its_clients(self, bank: App, app: App, person: Person) -> None:
        pkce = Pkce()
        pushed = await app.given(
            "par", response_type="code", redirect_uri=REDIRECT, code_challenge=pkce.challenge,
            code_challenge_method="S256",
        )  # fmt: skip
        start = f"{bank.api.url}/oauth/authorize?request_uri={pushed['request_uri']}&client_id="
        refused = await person.http.get(start + bank.client_id)
        assert (refused.status_code, refused.json()["error"]) == (400, "invalid_request_uri")
        assert told(await person.go(start + app.client_id, until=REDIRECT))["code"]


class TestSignedIntrospection:
    @pytest.mark.parametrize("algorithm", [None, "ES256", "EdDSA", "RS256"])
    async def test_verifies_with_the_published_keys(
        self, firm: Company, app: App, person: Person, algorithm: str | None
    ) -> None:
        chosen = {"introspection_signed_response_alg": algorithm} if algorithm else {}
        resource = await register(firm, redirect_uris=[], allowed_grant_types=["client_credentials"], **chosen)
        token = (await app.sign_in(person))["access_token"]
        answer = await resource.post("introspect", {"Accept": SIGNED}, token=token)
        assert answer.headers["content-type"] == SIGNED
        assert answer.headers["cache-control"] == "no-store"
        keys = KeySet.import_key_set(await resource.api.get("/.well-known/jwks.json"))
        read = jwt.decode(answer.text, keys, algorithms=[algorithm or "ES256"])
        assert read.header["typ"] == "token-introspection+jwt"
        assert (read.claims["iss"], read.claims["aud"]) == (resource.api.url, resource.client_id)
        assert not {"sub", "exp"} & set(read.claims)
        assert read.claims["token_introspection"] == await resource.given("introspect", token=token)

        await app.post("revoke", token=token)
        answer = await resource.post("introspect", {"Accept": SIGNED}, token=token)
        assert jwt.decode(answer.text, keys, algorithms=[algorithm or "ES256"]).claims["token_introspection"] == {
            "active": False
        }
