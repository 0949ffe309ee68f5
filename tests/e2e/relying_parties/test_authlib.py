"""Authlib's OAuth client, with tokens checked by its sister library."""

from typing import Any
from urllib.parse import parse_qsl

import httpx
from authlib.integrations.httpx_client import AsyncOAuth2Client
from joserfc import jwt
from joserfc.jwk import KeySet

from tests.e2e.relying_parties.conftest import Register
from tests.e2e.relying_parties.person import Person
from tests.e2e.world import World

REDIRECT = "http://127.0.0.1:7/callback"
WEB = "https://relying-party.example/callback"


async def _metadata(url: str) -> dict[str, Any]:
    async with httpx.AsyncClient() as http:
        found: dict[str, Any] = (await http.get(f"{url}/.well-known/openid-configuration")).json()
    return found


async def _verified(metadata: dict[str, Any], id_token: str, client_id: str, nonce: str) -> dict[str, Any]:
    async with httpx.AsyncClient() as http:
        keys = KeySet.import_key_set((await http.get(metadata["jwks_uri"])).json())
    token = jwt.decode(id_token, keys, algorithms=metadata["id_token_signing_alg_values_supported"])
    rules = jwt.JWTClaimsRegistry(
        iss={"essential": True, "value": metadata["issuer"]}, aud={"essential": True, "value": client_id},
        nonce={"essential": True, "value": nonce}, exp={"essential": True}, sub={"essential": True},
    )  # fmt: skip
    rules.validate(token.claims)
    return dict(token.claims)


class TestAuthlib:
    async def test_code_flow_userinfo_refresh_and_revocation(
        self, world: World, person: Person, register: Register
    ) -> None:
        client_id, secret = await register(REDIRECT)
        metadata = await _metadata(world.url)
        async with AsyncOAuth2Client(
            client_id, secret, redirect_uri=REDIRECT, scope="openid profile email offline_access",
            code_challenge_method="S256", revocation_endpoint_auth_method="client_secret_basic",
        ) as client:  # fmt: skip
            verifier = "a" * 64
            url, state = client.create_authorization_url(
                metadata["authorization_endpoint"], code_verifier=verifier, nonce="n-authlib"
            )
            arrived = await person.go(url, REDIRECT)
            assert [page.rpartition("/")[2] for page in person.pages][:2] == ["sign-in", "consent"]
            assert dict(parse_qsl(arrived.url.query.decode()))["iss"] == metadata["issuer"]
            tokens = await client.fetch_token(
                metadata["token_endpoint"], authorization_response=str(arrived.url), state=state, code_verifier=verifier
            )
            claims = await _verified(metadata, tokens["id_token"], client_id, "n-authlib")
            told = (await client.get(metadata["userinfo_endpoint"])).json()
            assert (told["sub"], told["preferred_username"]) == (claims["sub"], person.username)
            renewed = await client.refresh_token(metadata["token_endpoint"])
            assert renewed["access_token"] != tokens["access_token"]
            await client.revoke_token(metadata["revocation_endpoint"], renewed["refresh_token"], "refresh_token")
            assert (await client.get(metadata["userinfo_endpoint"])).status_code == 401

    async def test_single_sign_on_and_remembered_consent(
        self, world: World, person: Person, register: Register
    ) -> None:
        metadata = await _metadata(world.url)
        first, _ = await register(WEB, is_public=True)
        second, _ = await register(WEB, is_public=True, require_consent=False)
        seen = []
        for client_id in (first, second, first):
            async with AsyncOAuth2Client(
                client_id, redirect_uri=WEB, scope="openid", code_challenge_method="S256",
                token_endpoint_auth_method="none",
            ) as client:  # fmt: skip
                url, state = client.create_authorization_url(metadata["authorization_endpoint"], code_verifier="b" * 64)
                person.pages.clear()
                arrived = await person.go(url, WEB)
                seen.append([page.rpartition("/")[2] for page in person.pages])
                tokens = await client.fetch_token(
                    metadata["token_endpoint"], authorization_response=str(arrived.url), state=state,
                    code_verifier="b" * 64,
                )  # fmt: skip
                assert tokens["id_token"]
        assert seen[0][:2] == ["sign-in", "consent"]
        assert seen[1:] == [[], []]

    async def test_a_no_reaches_the_client(self, world: World, person: Person, register: Register) -> None:
        client_id, secret = await register(REDIRECT)
        metadata = await _metadata(world.url)
        person.decision = "deny"
        async with AsyncOAuth2Client(
            client_id, secret, redirect_uri=REDIRECT, scope="openid", code_challenge_method="S256"
        ) as client:
            url, state = client.create_authorization_url(metadata["authorization_endpoint"], code_verifier="c" * 64)
            arrived = await person.go(url, REDIRECT)
        told = dict(parse_qsl(arrived.url.query.decode()))
        assert (told["error"], told["state"], told["iss"]) == ("access_denied", state, metadata["issuer"])
