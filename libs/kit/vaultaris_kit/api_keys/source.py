"""Where keys are looked up and their uses recorded; auth itself puts its own tables here."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from vaultaris.auth.v1.auth_pb2 import ApiKey, ApiKeyUse, RecordApiKeyUseRequest, ResolveApiKeyRequest
from vaultaris.auth.v1.auth_pb2_grpc import AuthServiceStub
from vaultaris_kit.rpc.client import Peers, call


@dataclass(frozen=True)
class ApiKeySource:
    """``resolve`` takes the SHA-256 of a key and raises :class:`NotFound`; ``record`` raises :class:`Unavailable`."""

    resolve: Callable[[bytes], Awaitable[ApiKey]]
    record: Callable[[Sequence[ApiKeyUse]], Awaitable[None]]


def api_keys_from_auth(peers: Peers) -> ApiKeySource:
    """Keys over gRPC, for every service but auth."""

    async def resolve(key_hash: bytes) -> ApiKey:
        request = ResolveApiKeyRequest(key_hash=key_hash)
        return await call(AuthServiceStub(peers.channel("auth")).ResolveApiKey, request)

    async def record(uses: Sequence[ApiKeyUse]) -> None:
        request = RecordApiKeyUseRequest(uses=uses)
        await call(AuthServiceStub(peers.channel("auth")).RecordApiKeyUse, request)

    return ApiKeySource(resolve, record)
