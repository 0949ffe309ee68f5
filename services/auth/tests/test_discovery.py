"""The metadata, held against what the endpoints really do."""

from typing import Any, get_args

import pytest

from services.auth.tests.auth_browser import Browser, Pkce, answer_of
from services.auth.tests.auth_harness import ISSUER, AuthProcess, MakeClient, TestClient
from vaultaris_auth.clients.schemas import GrantType
from vaultaris_auth.tokens.verified import claims_of


@pytest.fixture(scope="session")
async def metadata(auth: AuthProcess) -> dict[str, Any]:
    told: dict[str, Any] = (await auth.http.get("/.well-known/openid-configuration")).json()
    return told


class TestMetadata:
    async def test_one_document_under_both_addresses(self, auth: AuthProcess, metadata: dict[str, Any]) -> None:
        """OpenID Connect Discovery section 4 and RFC 8414 section 3."""
        assert (await auth.http.get("/.well-known/oauth-authorization-server")).json() == metadata
        assert metadata["issuer"] == ISSUER

    async def test_every_endpoint_is_there(self, auth: AuthProcess, metadata: dict[str, Any]) -> None:
        named = [name for name in metadata if name.endswith("_endpoint")]
        assert len(named) > 5
        for name in named:
            path = metadata[name].removeprefix(ISSUER)
            assert path.startswith("/")
            expected = (200,) if name == "end_session_endpoint" else (400, 401)
            data = {"ui_locales": "en"} if name == "end_session_endpoint" else None
            assert (await auth.http.post(path, data=data)).status_code in expected, name
        assert (await auth.http.get(metadata["jwks_uri"].removeprefix(ISSUER))).status_code == 200

    @pytest.mark.parametrize("grant", get_args(GrantType))
    async def test_grants(
        self, auth: AuthProcess, metadata: dict[str, Any], make_client: MakeClient, grant: str
    ) -> None:
        client = await make_client(allowed_grant_types=list(get_args(GrantType)))
        refused = (await auth.token(client, grant_type=grant)).json().get("error") == "unsupported_grant_type"
        assert refused == (grant not in metadata["grant_types_supported"])

    async def test_response_modes(self, browser: Browser, metadata: dict[str, Any], first_party: TestClient) -> None:
        await browser.sign_in()
        assert set(metadata["response_modes_supported"]) == {"query", "fragment", "form_post"}
        for mode in metadata["response_modes_supported"]:
            answer = await browser.authorize(first_party, response_mode=mode)
            assert "code" in answer.headers.get("location", answer.text)
            assert "error" not in answer.headers.get("location", "")

    async def test_prompts(self, browser: Browser, metadata: dict[str, Any], first_party: TestClient) -> None:
        for prompt in metadata["prompt_values_supported"]:
            location = (await browser.authorize(first_party, prompt=prompt)).headers["location"]
            assert ("login_required" if prompt == "none" else "/sign-in") in location

    async def test_what_is_not_supported_is_refused(
        self, browser: Browser, metadata: dict[str, Any], first_party: TestClient
    ) -> None:
        assert metadata["response_types_supported"] == ["code"]
        assert metadata["code_challenge_methods_supported"] == ["S256"]
        assert metadata["request_parameter_supported"] is False
        assert metadata["request_uri_parameter_supported"] is False
        for changed, error in (
            ({"response_type": "id_token"}, "unsupported_response_type"),
            ({"code_challenge_method": "plain"}, "invalid_request"),
            ({"request": "e30"}, "request_not_supported"),
        ):
            assert answer_of(await browser.authorize(first_party, Pkce(), **changed))["error"] == error

    async def test_levels(self, auth: AuthProcess, metadata: dict[str, Any], make_client: MakeClient) -> None:
        client = await make_client(allowed_grant_types=["password"], is_public=True)
        reached = claims_of((await auth.sign_in(client))["access_token"])["acr"]
        assert metadata["acr_values_supported"] == [reached]

    async def test_claims(self, auth: AuthProcess, browser: Browser, metadata: dict[str, Any]) -> None:
        assert {"nonce", "at_hash", "c_hash", "sid", "acr", "amr", "auth_time"} <= set(metadata["claims_supported"])
