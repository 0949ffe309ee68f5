"""gRPC: the enrolment that setup asks for."""

from typing import Any

import msgspec
from grpc import aio

from vaultaris.auth.v1.auth_pb2 import (
    BeginPasskeyRequest,
    BeginPasskeyResponse,
    CompletePasskeyRequest,
    CompletePasskeyResponse,
)
from vaultaris.auth.v1.auth_pb2_grpc import AuthServiceServicer
from vaultaris_auth.passkeys import operations
from vaultaris_auth.passkeys.options import creation_options
from vaultaris_auth.passkeys.relying_party import RelyingParty
from vaultaris_kit.rpc.fields import id_in
from vaultaris_kit.service import Runtime

Context = aio.ServicerContext[Any, Any]


class PasskeyServicer(AuthServiceServicer):
    """BeginPasskey and CompletePasskey."""

    _runtime: Runtime

    @property
    def _party(self) -> RelyingParty:
        return RelyingParty.at(self._runtime.settings.external_url)

    async def BeginPasskey(  # noqa: N802 - the name in the proto
        self, request: BeginPasskeyRequest, _context: Context
    ) -> BeginPasskeyResponse:
        tenant_id, user_id = id_in("tenant_id", request.tenant_id), id_in("user_id", request.user_id)
        async with self._runtime.database.tenant(tenant_id) as session:
            begun = await operations.begin_passkey(session, tenant_id=tenant_id, user_id=user_id)
        options = creation_options(
            self._party, challenge=begun.challenge, user_id=user_id,
            username=request.username, display_name=request.display_name or request.username,
        )  # fmt: skip
        return BeginPasskeyResponse(challenge_id=str(begun.id), options=msgspec.json.encode(options).decode())

    async def CompletePasskey(  # noqa: N802 - as above
        self, request: CompletePasskeyRequest, _context: Context
    ) -> CompletePasskeyResponse:
        tenant_id, database = id_in("tenant_id", request.tenant_id), self._runtime.database
        async with database.tenant(tenant_id) as session:
            user_id, challenge = await operations.spend_challenge(
                session, tenant_id=tenant_id, challenge_id=id_in("challenge_id", request.challenge_id)
            )
        credential = operations.read_credential(request.credential)
        verified = operations.verify(self._party, challenge, credential)
        async with database.tenant(tenant_id) as session:
            passkey = await operations.keep_passkey(
                session, tenant_id=tenant_id, user_id=user_id, verified=verified, credential=credential,
                device_name=request.device_name or None,
            )  # fmt: skip
        return CompletePasskeyResponse(id=str(passkey.id), user_id=str(user_id))
