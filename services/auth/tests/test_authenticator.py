"""Other services' view: the kit's authenticator over auth's gRPC API and the live revocation set."""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from uuid import UUID

import pytest
from starlette.datastructures import Headers

from services.auth.tests.auth_fakes import FakeDirectory
from services.auth.tests.auth_harness import ISSUER, AuthProcess, MakeClient, TestClient
from services.auth.tests.dpop import Holder, until_proofs_need_no_nonce
from vaultaris.auth.v1.auth_pb2 import (
    ApiKey,
    ApiKeyUse,
    CheckRevocationsRequest,
    ClaimRequest,
    GetVerificationKeyRequest,
    RecordApiKeyUseRequest,
    ResolveApiKeyRequest,
    VerificationKey,
)
from vaultaris_auth.tokens.verified import claims_of
from vaultaris_kit.api_keys.resolver import ApiKeys
from vaultaris_kit.api_keys.source import ApiKeySource
from vaultaris_kit.authn import Authenticator
from vaultaris_kit.bus import Bus
from vaultaris_kit.dpop.nonces import Nonces
from vaultaris_kit.dpop.proofs import Proofs, Target
from vaultaris_kit.errors import NotFound, Unauthorized
from vaultaris_kit.principal import Principal
from vaultaris_kit.replay import Claimed, ReplayGuard
from vaultaris_kit.revocation import Revocations
from vaultaris_kit.revocation_asks import Question, RevocationAsks


def keys_over(auth: AuthProcess) -> ApiKeySource:
    """API keys over auth's gRPC API."""

    async def resolve(key_hash: bytes) -> ApiKey:
        return await auth.stub.ResolveApiKey(ResolveApiKeyRequest(key_hash=key_hash))

    async def record(uses: Sequence[ApiKeyUse]) -> None:
        await auth.stub.RecordApiKeyUse(RecordApiKeyUseRequest(uses=uses))

    return ApiKeySource(resolve, record)


def proofs_over(auth: AuthProcess) -> Proofs:
    """Proofs whose used ones auth remembers."""

    async def claim(tenant_id: UUID, digest: bytes, seconds: int) -> Claimed:
        answer = await auth.stub.Claim(ClaimRequest(tenant_id=str(tenant_id), digest=digest, seconds=seconds))
        return Claimed(answer.fresh, answer.memory_since_ms / 1000)

    return Proofs(ISSUER, ReplayGuard("", claim), Nonces("unused"))


@pytest.fixture(scope="module")
async def elsewhere(auth: AuthProcess, environ: dict[str, str]) -> AsyncIterator[Authenticator]:
    """What any other service builds, with its watch on the live set running."""

    async def find(kid: str) -> VerificationKey:
        return await auth.stub.GetVerificationKey(GetVerificationKeyRequest(kid=kid))

    async def ask(questions: Sequence[Question]) -> Sequence[bool]:
        """What is done while the watch is not live, as when the machine has no time for its heartbeat."""
        request = CheckRevocationsRequest()
        for question in questions:
            request.questions.add(keys=question.keys, issued_ms=question.issued_ms)
        return (await auth.stub.CheckRevocations(request)).revoked

    bus = Bus(environ["NATS_URL"], "test-elsewhere")
    revocations = Revocations(bus, RevocationAsks(ask))
    tasks = [asyncio.create_task(bus.run()), asyncio.create_task(revocations.run())]
    async with asyncio.timeout(15):
        while not revocations.live:  # noqa: ASYNC110 - the kit offers no event for it
            await asyncio.sleep(0.05)
    yield Authenticator(ISSUER, find, revocations, ApiKeys(bus, revocations, keys_over(auth)), proofs_over(auth))
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await bus.close()


class TestAccepts:
    async def test_a_persons_token(
        self, elsewhere: Authenticator, auth: AuthProcess, client: TestClient, directory: FakeDirectory
    ) -> None:
        token = (await auth.sign_in(client, scope="openid email"))["access_token"]
        principal, claims = await elsewhere.verify_token(token), claims_of(token)
        assert (principal.kind, str(principal.id)) == ("user", directory.bob.id)
        assert (principal.tenant_id, principal.name) == (directory.home, "bob")
        assert principal.client_id == client.client_id
        assert principal.session_id == UUID(claims["sid"])
        assert principal.scopes == {"openid", "email"}
        assert principal.auth_time == claims["auth_time"]
        assert principal.issued_ms // 1000 == claims["iat"]

    async def test_a_clients_token(self, elsewhere: Authenticator, auth: AuthProcess, make_client: MakeClient) -> None:
        client = await make_client(allowed_scopes=["users:read"])
        principal = await elsewhere.verify_token(await auth.own_token(client, scope="users:read"))
        assert (principal.kind, principal.id, principal.session_id) == ("client", client.row_id, None)
        assert principal.scopes == {"users:read"}


class TestBoundTokens:
    async def test_with_a_proof_that_auth_has_not_seen(
        self, elsewhere: Authenticator, auth: AuthProcess, client: TestClient
    ) -> None:
        """What one service has accepted, no other accepts again."""
        await until_proofs_need_no_nonce(auth, client)
        holder, form = Holder(), {**client.form, "grant_type": "client_credentials"}
        answer = await auth.http.post("/oauth/token", data=form, headers=holder.at_token_endpoint())
        token = answer.json()["access_token"]
        headers, target = Headers(holder.headers(token, "GET", "/api/v1/tenants")), Target("GET", "/api/v1/tenants")
        assert (await elsewhere.authenticate(headers, target)).jkt == holder.jkt
        with pytest.raises(Unauthorized, match="used before"):
            await elsewhere.authenticate(headers, target)
        with pytest.raises(Unauthorized, match="bound to a key"):
            await elsewhere.authenticate(Headers({"Authorization": f"Bearer {token}"}), target)


class TestRefuses:
    async def test_id_tokens(self, elsewhere: Authenticator, auth: AuthProcess, client: TestClient) -> None:
        with pytest.raises(Unauthorized):
            await elsewhere.verify_token((await auth.sign_in(client, scope="openid"))["id_token"])

    async def test_expired(self, elsewhere: Authenticator, auth: AuthProcess, make_client: MakeClient) -> None:
        client = await make_client(access_token_lifetime_seconds=1)
        token = await auth.own_token(client)
        await elsewhere.verify_token(token)
        await asyncio.sleep(claims_of(token)["exp"] - time.time() + 5.1)  # the kit's leeway
        with pytest.raises(Unauthorized):
            await elsewhere.verify_token(token)

    async def test_a_tenants_key_under_anothers_name(
        self, auth: AuthProcess, client: TestClient, make_client: MakeClient, directory: FakeDirectory
    ) -> None:
        """Should a key of one tenant ever be told to be another's, its tokens are worth nothing."""

        async def confused(kid: str) -> VerificationKey:
            key = await auth.stub.GetVerificationKey(GetVerificationKeyRequest(kid=kid))
            key.tenant_id = str(directory.other)
            return key

        async def fine(_principal: Principal) -> bool:
            return False

        bus = Bus("nats://127.0.0.1:1", "test-unused")
        revocations = Revocations(bus, fine)
        confusable = Authenticator(
            ISSUER, confused, revocations, ApiKeys(bus, revocations, keys_over(auth)), proofs_over(auth)
        )
        with pytest.raises(Unauthorized):
            await confusable.verify_token(await auth.own_token(client))

    async def test_revoked_at_once(self, elsewhere: Authenticator, auth: AuthProcess, client: TestClient) -> None:
        """Until the answer of the revocation plus one hop of the bus."""
        delays = []
        for _round in range(10):
            token = await auth.own_token(client)
            await elsewhere.verify_token(token)
            await auth.http.post("/oauth/revoke", data={**client.form, "token": token})
            answered = time.perf_counter()
            async with asyncio.timeout(3):
                while await _accepts(elsewhere, token):  # noqa: ASYNC110 - as above
                    await asyncio.sleep(0.001)
            delays.append(time.perf_counter() - answered)
        assert sorted(delays)[len(delays) // 2] < 0.1


async def _accepts(authenticator: Authenticator, token: str) -> bool:
    try:
        await authenticator.verify_token(token)
    except (Unauthorized, NotFound):
        return False
    return True
