"""A small auth, over real gRPC: it signs tokens for the tests, and remembers what it was told."""

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import grpc
from grpc import aio
from joserfc import jwt
from joserfc.jwk import ECKey

from services.directory.tests.configuration_fake import FakeConfiguration
from vaultaris.applications.v1.applications_pb2 import CountOwnedRequest, CountOwnedResponse
from vaultaris.applications.v1.applications_pb2_grpc import (
    ApplicationResourcesServiceServicer,
    add_ApplicationResourcesServiceServicer_to_server,
)
from vaultaris.auth.v1 import auth_pb2 as messages
from vaultaris.auth.v1.auth_pb2_grpc import AuthServiceServicer, add_AuthServiceServicer_to_server
from vaultaris.configuration.v1.configuration_pb2_grpc import add_ConfigurationServiceServicer_to_server
from vaultaris.licensing.v1.licensing_pb2 import (
    CountResourcesRequest,
    CountResourcesResponse,
    FrozenResource,
    ListFrozenRequest,
    ListFrozenResponse,
)
from vaultaris.licensing.v1.licensing_pb2_grpc import LicensingServiceServicer, add_LicensingServiceServicer_to_server
from vaultaris_kit.errors import BadRequest, NotFound
from vaultaris_kit.ids import new_id
from vaultaris_kit.rpc.server import ERROR_METADATA

Context = aio.ServicerContext[Any, Any]
ISSUER = "https://id.example.com"
CONSOLE = "console-of-the-tests"


@dataclass
class FakeOwner(LicensingServiceServicer):
    """Stands in for auth and policy as owners of what a licence limits. ``frozen`` is by tenant."""

    counts: dict[UUID, dict[str, int]] = field(default_factory=dict)
    frozen: dict[UUID, list[FrozenResource]] = field(default_factory=dict)
    away: bool = False

    async def CountResources(  # noqa: N802 - the name in the proto
        self, request: CountResourcesRequest, context: Context
    ) -> CountResourcesResponse:
        await self._refuse_when_away(context)
        none = {"clients": 0, "api_keys": 0, "policies": 0}
        return CountResourcesResponse(counts={**none, **self.counts.get(UUID(request.tenant_id), {})})

    async def ListFrozen(self, request: ListFrozenRequest, context: Context) -> ListFrozenResponse:  # noqa: N802 - as in the proto
        await self._refuse_when_away(context)
        all_of_them = self.frozen.get(UUID(request.tenant_id), [])
        found = [each for each in all_of_them if each.resource_type == request.resource_type]
        return ListFrozenResponse(items=found[: request.limit], total=len(found))

    async def _refuse_when_away(self, context: Context) -> None:
        if self.away:
            await context.abort(grpc.StatusCode.UNAVAILABLE, "away")


@dataclass
class FakeAuth(AuthServiceServicer, ApplicationResourcesServiceServicer):
    """``away`` refuses every call as a service that is down would. Stands for policy too, where that is asked.

    ``owned`` is what applications own, by kind; ``left`` who lost what they had at which application.
    """

    away: bool = False
    owned: dict[UUID, dict[str, int]] = field(default_factory=dict)
    left: list[tuple[UUID, UUID]] = field(default_factory=list)
    clients: dict[UUID, str] = field(default_factory=dict)
    providers: dict[UUID, str] = field(default_factory=dict)
    tenants_by_client: dict[str, UUID] = field(default_factory=dict)
    provisioned: list[UUID] = field(default_factory=list)
    revoked: list[tuple[int, UUID]] = field(default_factory=list)
    owner: FakeOwner = field(default_factory=FakeOwner)
    configuration: FakeConfiguration = field(default_factory=FakeConfiguration)
    challenges: dict[UUID, str] = field(default_factory=dict)
    passkeys: list[tuple[UUID, dict[str, Any]]] = field(default_factory=list)
    _keys: dict[UUID, ECKey] = field(default_factory=dict)

    def token(self, tenant_id: UUID, user_id: UUID, *, auth_time: int | None = None) -> str:
        """An access token of a person."""
        claims = {
            "sid": str(new_id()),
            "first_party": True,
            "username": "somebody",
            "auth_time": auth_time or int(time.time()),
        }
        return self._sign(tenant_id, user_id, "", claims)

    def client_token(self, tenant_id: UUID, scope: str) -> str:
        """An access token of a client."""
        return self._sign(tenant_id, new_id(), scope, {})

    def _sign(self, tenant_id: UUID, subject: UUID, scope: str, claims: dict[str, Any]) -> str:
        key = self._keys.setdefault(tenant_id, ECKey.generate_key("P-256"))
        moment = int(time.time())
        claims = {
            "iss": ISSUER, "aud": ISSUER, "sub": str(subject), "tenant_id": str(tenant_id), "client_id": CONSOLE,
            "jti": str(new_id()), "iat": moment, "exp": moment + 7200, "scope": scope, **claims,
        }  # fmt: skip
        return jwt.encode({"alg": "ES256", "typ": "at+jwt", "kid": str(tenant_id)}, claims, key)

    async def GetVerificationKey(  # noqa: N802 - the name in the proto
        self, request: messages.GetVerificationKeyRequest, context: Context
    ) -> messages.VerificationKey:
        public = self._keys[UUID(request.kid)].as_dict(private=False)
        return messages.VerificationKey(
            kid=request.kid, tenant_id=request.kid, algorithm="ES256", public_jwk=json.dumps(public)
        )

    async def CheckRevocation(  # noqa: N802 - as above
        self, request: messages.CheckRevocationRequest, context: Context
    ) -> messages.CheckRevocationResponse:
        return messages.CheckRevocationResponse(revoked=False)

    async def Revoke(self, request: messages.RevokeRequest, context: Context) -> messages.RevokeResponse:  # noqa: N802 - as in the proto
        await self._refuse_when_away(context)
        self.revoked += [(each.subject, UUID(each.id)) for each in request.revocations]
        return messages.RevokeResponse()

    async def BeginPasskey(  # noqa: N802 - as above
        self, request: messages.BeginPasskeyRequest, context: Context
    ) -> messages.BeginPasskeyResponse:
        challenge_id = new_id()
        self.challenges[challenge_id] = request.user_id
        return messages.BeginPasskeyResponse(challenge_id=str(challenge_id), options='{"challenge": "abc"}')

    async def CompletePasskey(  # noqa: N802 - as above
        self, request: messages.CompletePasskeyRequest, context: Context
    ) -> messages.CompletePasskeyResponse:
        """Any answer will do, once."""
        user_id = self.challenges.pop(UUID(request.challenge_id), None)
        if user_id is None:
            await context.abort(
                grpc.StatusCode.INVALID_ARGUMENT, "spent",
                ((ERROR_METADATA, json.dumps(BadRequest("Spent.", code="challenge_expired").body()).encode()),),
            )  # fmt: skip
        self.passkeys.append((UUID(user_id), json.loads(request.credential)))
        return messages.CompletePasskeyResponse(id=str(new_id()), user_id=user_id)

    async def ProvisionTenant(  # noqa: N802 - as above
        self, request: messages.ProvisionTenantRequest, context: Context
    ) -> messages.ProvisionTenantResponse:
        await self._refuse_when_away(context)
        self.provisioned.append(UUID(request.tenant_id))
        return messages.ProvisionTenantResponse(console_client_id=CONSOLE if request.with_console_client else "")

    async def ResolveApiKey(  # noqa: N802 - as above
        self, request: messages.ResolveApiKeyRequest, context: Context
    ) -> messages.ApiKey:
        raise NotFound

    async def RecordApiKeyUse(  # noqa: N802 - as above
        self, request: messages.RecordApiKeyUseRequest, context: Context
    ) -> messages.RecordApiKeyUseResponse:
        return messages.RecordApiKeyUseResponse()

    async def CheckRevocations(  # noqa: N802 - as above
        self, request: messages.CheckRevocationsRequest, context: Context
    ) -> messages.CheckRevocationsResponse:
        return messages.CheckRevocationsResponse(revoked=[False] * len(request.questions))

    async def Claim(  # noqa: N802 - as above
        self, request: messages.ClaimRequest, context: Context
    ) -> messages.ClaimResponse:
        return messages.ClaimResponse(fresh=True)

    async def CountOwned(  # noqa: N802 - as above
        self, request: CountOwnedRequest, context: Context
    ) -> CountOwnedResponse:
        await self._refuse_when_away(context)
        return CountOwnedResponse(counts=self.owned.get(UUID(request.application_id), {}))

    async def EndApplicationAccess(  # noqa: N802 - as above
        self, request: messages.EndApplicationAccessRequest, context: Context
    ) -> messages.EndApplicationAccessResponse:
        await self._refuse_when_away(context)
        self.left.append((UUID(request.application_id), UUID(request.user_id)))
        return messages.EndApplicationAccessResponse()

    async def GetClient(  # noqa: N802 - as above
        self, request: messages.GetClientRequest, context: Context
    ) -> messages.OAuthClient:
        await self._refuse_when_away(context)
        tenant_id = self.tenants_by_client.get(request.client_id)
        if tenant_id is None:
            await context.abort(
                grpc.StatusCode.NOT_FOUND, "none", ((ERROR_METADATA, json.dumps(NotFound().body()).encode()),)
            )
        return messages.OAuthClient(client_id=request.client_id, tenant_id=str(tenant_id))

    async def GetSignInResources(  # noqa: N802 - as above
        self, request: messages.GetSignInResourcesRequest, context: Context
    ) -> messages.GetSignInResourcesResponse:
        await self._refuse_when_away(context)
        kinds = messages.GetSignInResourcesResponse
        return messages.GetSignInResourcesResponse(
            clients=[
                kinds.Client(id=each, client_id=self.clients[UUID(each)], name="Shop", is_enabled=True)
                for each in dict.fromkeys(request.client_ids) if UUID(each) in self.clients
            ],
            identity_providers=[
                kinds.IdentityProvider(id=each, name=self.providers[UUID(each)], provider_type="oidc", status="active")
                for each in dict.fromkeys(request.identity_provider_ids) if UUID(each) in self.providers
            ],
        )  # fmt: skip

    async def _refuse_when_away(self, context: Context) -> None:
        if self.away:
            await context.abort(grpc.StatusCode.UNAVAILABLE, "away")


def mutual_tls(environ: Mapping[str, str]) -> grpc.ServerCredentials:
    """The credentials that ``environ`` names, as a server's."""
    pem = {part: Path(environ[f"GRPC_TLS_{part}"]).read_bytes() for part in ("CA", "CERT", "KEY")}
    return grpc.ssl_server_credentials([(pem["KEY"], pem["CERT"])], pem["CA"], require_client_auth=True)


async def serve(auth: FakeAuth, credentials: grpc.ServerCredentials) -> tuple[aio.Server, int, int]:
    """Starts it on two free ports: a plain one, and one with mutual TLS."""
    server = aio.server()
    add_AuthServiceServicer_to_server(auth, server)
    add_ApplicationResourcesServiceServicer_to_server(auth, server)
    add_LicensingServiceServicer_to_server(auth.owner, server)
    add_ConfigurationServiceServicer_to_server(auth.configuration, server)
    plain = server.add_insecure_port("127.0.0.1:0")
    secure = server.add_secure_port("127.0.0.1:0", credentials)
    await server.start()
    return server, plain, secure
