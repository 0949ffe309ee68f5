"""Values that are good once: who claims one first has it, across all replicas of all services.

Valkey remembers. While it is away auth's table does, over gRPC; when neither can be asked, nobody can tell, and that
is an :class:`Unavailable`, never a yes. Whenever the memory changes hands it may lack what was claimed before, so each
answer says since when it is complete.
"""

import time
from collections.abc import Awaitable, Callable
from typing import Final, NamedTuple
from uuid import UUID

from redis.asyncio import Redis
from redis.exceptions import RedisError

from vaultaris.auth.v1.auth_pb2 import ClaimRequest
from vaultaris.auth.v1.auth_pb2_grpc import AuthServiceStub
from vaultaris_kit.context import current_request
from vaultaris_kit.logs import get_logger
from vaultaris_kit.rpc.client import Peers, call
from vaultaris_kit.valkey import parse_valkey

log = get_logger(__name__)

_KEY: Final = b"vaultaris:once:"
_SINCE: Final = b"vaultaris:once-since"
"""Set by whoever finds it missing: a Valkey that starts empty says by its absence that it has forgotten."""
_PATIENCE_SECONDS: Final = 1.0
_CONNECTIONS: Final = 32
_RETRY_SECONDS: Final = 1.0


class Claimed(NamedTuple):
    """Whether nobody has claimed the value before, as far as memory reaches: to ``memory_since``, epoch seconds."""

    fresh: bool
    memory_since: float


Claim = Callable[[UUID, bytes, int], Awaitable[Claimed]]
"""Claims a value (tenant, digest, seconds to remember it)."""


def claim_at_auth(peers: Peers) -> Claim:
    """Auth's memory over gRPC, for every service but auth."""

    async def claim(tenant_id: UUID, digest: bytes, seconds: int) -> Claimed:
        request = ClaimRequest(tenant_id=str(tenant_id), digest=digest, seconds=seconds)
        answer = await call(AuthServiceStub(peers.channel("auth")).Claim, request, timeout=2)
        return Claimed(answer.fresh, answer.memory_since_ms / 1000)

    return claim


class ReplayGuard:
    """One a process. Without ``url`` it asks ``elsewhere`` alone."""

    def __init__(self, url: str, elsewhere: Claim) -> None:
        self._elsewhere = elsewhere
        self._valkey: Redis | None = None
        if url:
            self._valkey = parse_valkey(url).client(  # a burst waits for a connection; it is no loss of memory
                max_connections=_CONNECTIONS, timeout=_PATIENCE_SECONDS,
                socket_timeout=_PATIENCE_SECONDS, socket_connect_timeout=_PATIENCE_SECONDS,
            )  # fmt: skip
        self._lost_at = 0.0
        """When Valkey was lost, in epoch seconds; 0 while it is there."""
        self._back_since = 0.0
        self._retry_at = 0.0

    async def open(self) -> None:
        """Notes, in a Valkey that holds nothing yet, since when it remembers."""
        if self._valkey is not None:
            try:
                await self._since(self._valkey)
            except (RedisError, OSError) as fault:
                self._lose(fault)

    async def close(self) -> None:
        if self._valkey is not None:
            await self._valkey.aclose()

    async def claim(self, tenant_id: UUID, digest: bytes, seconds: int) -> Claimed:
        """Claims the value named by ``digest`` (SHA-256) for so many seconds. Raises :class:`Unavailable`."""
        current_request().effects.claimed = True
        if self._valkey is None:
            return await self._elsewhere(tenant_id, digest, seconds)
        if time.monotonic() >= self._retry_at:
            try:
                return await self._claim_here(self._valkey, tenant_id.bytes + digest, seconds)
            except (RedisError, OSError) as fault:
                self._lose(fault)
        fresh, since = await self._elsewhere(tenant_id, digest, seconds)
        return Claimed(fresh, max(since, self._lost_at))

    async def _claim_here(self, valkey: Redis, name: bytes, seconds: int) -> Claimed:
        async with valkey.pipeline(transaction=False) as pipeline:
            pipeline.set(_KEY + name, b"", nx=True, ex=seconds)
            pipeline.get(_SINCE)
            fresh, since = await pipeline.execute()
        if since is None:
            since = await self._since(valkey)
        if self._lost_at:
            log.info("replay_memory_back")
            self._lost_at, self._back_since = 0.0, _present()
        return Claimed(bool(fresh), max(int(since) / 1000, self._back_since))

    async def _since(self, valkey: Redis) -> bytes | str:
        await valkey.set(_SINCE, int(time.time() * 1000), nx=True)
        return await valkey.get(_SINCE) or b"%d" % int(time.time() * 1000)

    def _lose(self, fault: Exception) -> None:
        self._retry_at = time.monotonic() + _RETRY_SECONDS
        if not self._lost_at:
            self._lost_at = _present()
            log.warning("replay_memory_away", reason=type(fault).__name__)


def _present() -> float:
    """Epoch seconds in whole milliseconds, as nonces have them: one that is made in the same moment is not older."""
    return int(time.time() * 1000) / 1000
