"""gRPC for the other services (``vaultaris.auth.v1``)."""

import time
from typing import Any, Final

from grpc import aio

from vaultaris.auth.v1.auth_pb2 import (
    ApiKey,
    CheckRevocationRequest,
    CheckRevocationResponse,
    CheckRevocationsRequest,
    CheckRevocationsResponse,
    ClaimRequest,
    ClaimResponse,
    EndApplicationAccessRequest,
    EndApplicationAccessResponse,
    GetClientRequest,
    GetSignInResourcesRequest,
    GetSignInResourcesResponse,
    GetVerificationKeyRequest,
    OAuthClient,
    ProvisionTenantRequest,
    ProvisionTenantResponse,
    RecordApiKeyUseRequest,
    RecordApiKeyUseResponse,
    ResolveApiKeyRequest,
    Revocation,
    RevokeRequest,
    RevokeResponse,
    VerificationKey,
)
from vaultaris_auth.api_keys.presented import record_uses, resolve_key
from vaultaris_auth.application_links.leaving import end_access
from vaultaris_auth.application_links.messages import client_message, provider_message
from vaultaris_auth.clients.registry import ClientRegistry
from vaultaris_auth.clients.repository import ClientRepository
from vaultaris_auth.identity_providers.repository import IdentityProviders
from vaultaris_auth.keys.keyring import Keyring
from vaultaris_auth.passkeys.servicer import PasskeyServicer
from vaultaris_auth.revocations import repository
from vaultaris_auth.revocations.announcer import Announcer
from vaultaris_auth.revocations.marks import Mark, Subject, parse_mark
from vaultaris_auth.revocations.operations import revoke_for_others
from vaultaris_auth.tenants.operations import CONSOLE_CLIENT_ID, provision_tenant
from vaultaris_kit import revocation
from vaultaris_kit.api_keys.usage import MAX_BATCH
from vaultaris_kit.errors import BadRequest, NotFound
from vaultaris_kit.replay import ReplayGuard
from vaultaris_kit.revocation_asks import MAX_QUESTIONS, Question
from vaultaris_kit.rpc.fields import id_in
from vaultaris_kit.service import Runtime

Context = aio.ServicerContext[Any, Any]

MAX_REVOCATIONS: Final = 1000
MAX_CLAIM_SECONDS: Final = 3600
_DIGEST_BYTES: Final = 32
MAX_NAMED: Final = 1000
_SUBJECTS: Final[dict[int, Subject]] = {
    Revocation.SUBJECT_TOKEN: "token",
    Revocation.SUBJECT_SESSION: "session",
    Revocation.SUBJECT_USER: "user",
    Revocation.SUBJECT_CLIENT: "client",
    Revocation.SUBJECT_TENANT: "tenant",
}


class AuthServicer(PasskeyServicer):
    """Parses, opens the transaction, makes one call, shapes the answer."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime

    async def GetVerificationKey(  # noqa: N802 - the name in the proto
        self, request: GetVerificationKeyRequest, _context: Context
    ) -> VerificationKey:
        return await self._runtime.get(Keyring).find(request.kid)

    async def Revoke(self, request: RevokeRequest, _context: Context) -> RevokeResponse:  # noqa: N802 - as above
        tenant_id = id_in("tenant_id", request.tenant_id)
        marks = [_mark(each) for each in request.revocations[: MAX_REVOCATIONS + 1]]
        if len(marks) > MAX_REVOCATIONS:
            raise BadRequest(f"At most {MAX_REVOCATIONS} revocations at a time.")
        stored = await revoke_for_others(
            self._runtime.database, tenant_id, marks, request.reason or "revoked",
            ahead_ms=self._runtime.revocations.clocks.ahead_ms,
        )  # fmt: skip
        await self._runtime.get(Announcer).announce(stored)
        return RevokeResponse()

    async def CheckRevocation(  # noqa: N802 - as above
        self, request: CheckRevocationRequest, _context: Context
    ) -> CheckRevocationResponse:
        keys = [
            key_of(value)
            for key_of, value in (
                (revocation.token_key, request.token_id),
                (revocation.session_key, request.session_id),
                (revocation.user_key, request.user_id),
                (revocation.client_key, request.client_id),
                (revocation.tenant_key, request.tenant_id),
                (revocation.api_key_key, request.api_key_id),
            )
            if value
        ]
        keys.extend(request.derived_from)
        async with self._runtime.database.instance() as session:
            revoked = await repository.covers(session, keys, request.issued_ms)
        return CheckRevocationResponse(revoked=revoked)

    async def CheckRevocations(  # noqa: N802 - as above
        self, request: CheckRevocationsRequest, _context: Context
    ) -> CheckRevocationsResponse:
        if len(request.questions) > MAX_QUESTIONS:
            raise BadRequest(f"At most {MAX_QUESTIONS} questions at a time.")
        questions = [Question(tuple(each.keys), each.issued_ms) for each in request.questions]
        async with self._runtime.database.instance() as session:
            return CheckRevocationsResponse(revoked=await repository.covers_each(session, questions))

    async def ProvisionTenant(  # noqa: N802 - as above
        self, request: ProvisionTenantRequest, _context: Context
    ) -> ProvisionTenantResponse:
        tenant_id, keyring = id_in("tenant_id", request.tenant_id), self._runtime.get(Keyring)
        async with self._runtime.database.tenant(tenant_id) as session:
            console = await provision_tenant(
                session, keyring.sealer, tenant_id, with_console=request.with_console_client
            )
        keyring.forget(tenant_id)
        self._runtime.get(ClientRegistry).forget(CONSOLE_CLIENT_ID)
        return ProvisionTenantResponse(console_client_id=console)

    async def ResolveApiKey(self, request: ResolveApiKeyRequest, _context: Context) -> ApiKey:  # noqa: N802 - as above
        return await resolve_key(self._runtime, request.key_hash)

    async def RecordApiKeyUse(  # noqa: N802 - as above
        self, request: RecordApiKeyUseRequest, _context: Context
    ) -> RecordApiKeyUseResponse:
        if len(request.uses) > MAX_BATCH:
            raise BadRequest(f"At most {MAX_BATCH} keys at a time.")
        await record_uses(self._runtime, request.uses)
        return RecordApiKeyUseResponse()

    async def Claim(self, request: ClaimRequest, _context: Context) -> ClaimResponse:  # noqa: N802 - as above
        if len(request.digest) != _DIGEST_BYTES or not 0 < request.seconds <= MAX_CLAIM_SECONDS:
            raise BadRequest("A claim needs a SHA-256 digest and at most an hour.")
        guard = self._runtime.get(ReplayGuard)
        fresh, since = await guard.claim(id_in("tenant_id", request.tenant_id), request.digest, request.seconds)
        return ClaimResponse(fresh=fresh, memory_since_ms=int(since * 1000))

    async def EndApplicationAccess(  # noqa: N802 - as above
        self, request: EndApplicationAccessRequest, _context: Context
    ) -> EndApplicationAccessResponse:
        tenant_id = id_in("tenant_id", request.tenant_id)
        application_id = id_in("application_id", request.application_id)
        at_ms = int(time.time() * 1000)
        await end_access(self._runtime, tenant_id, application_id, id_in("user_id", request.user_id), at_ms=at_ms)
        return EndApplicationAccessResponse()

    async def GetClient(self, request: GetClientRequest, _context: Context) -> OAuthClient:  # noqa: N802 - as above
        client = await self._runtime.get(ClientRegistry).find(request.client_id)
        if client is None:
            raise NotFound
        return OAuthClient(
            id=str(client.id), tenant_id=str(client.tenant_id), client_id=client.client_id, name=client.name,
            is_enabled=client.is_enabled,
        )  # fmt: skip

    async def GetSignInResources(  # noqa: N802 - as above
        self, request: GetSignInResourcesRequest, _context: Context
    ) -> GetSignInResourcesResponse:
        if max(len(request.client_ids), len(request.identity_provider_ids)) > MAX_NAMED:
            raise BadRequest(f"At most {MAX_NAMED} of a kind at a time.")
        tenant_id = id_in("tenant_id", request.tenant_id)
        client_ids = [id_in("client_ids", each) for each in request.client_ids]
        provider_ids = [id_in("identity_provider_ids", each) for each in request.identity_provider_ids]
        async with self._runtime.database.tenant(tenant_id) as session:
            clients = await ClientRepository(session, tenant_id).among(client_ids)
            providers = await IdentityProviders(session, tenant_id).among(provider_ids)
        return GetSignInResourcesResponse(
            clients=map(client_message, clients), identity_providers=map(provider_message, providers)
        )


def _mark(each: Revocation) -> Mark:
    subject = _SUBJECTS.get(each.subject)
    if subject is None:
        raise BadRequest("A revocation needs a subject.")
    return parse_mark(subject, each.id, each.at_ms)
