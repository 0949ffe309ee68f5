"""Values that are good once: who claims one first has it, across all replicas of all services.

Valkey remembers. While it is away auth's table does, over gRPC; when neither can be asked, nobody can tell, and that
is an :class:`Unavailable`, never a yes. Whenever the memory changes hands it may lack what was claimed before, so each
answer says since when it is complete.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final, NamedTuple
from uuid import UUID

from redis.exceptions import RedisError

from vaultaris.auth.v1.auth_pb2 import ClaimRequest
from vaultaris.auth.v1.auth_pb2_grpc import AuthServiceStub
from vaultaris_kit.context import current_request
from vaultaris_kit.logs import get_logger
from vaultaris_kit.replay_memory import Memory, open_memory
from vaultaris_kit.rpc.client import Peers, call

log = get_logger(__name__)

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


@dataclass
class _Part:
    """How one part of the memory is: each is lost, and comes back, by itself. All times are epoch seconds but one."""

    lost_at: float = 0.0
    """When it was lost; 0 while it is there."""
    back_since: float = 0.0
    retry_at: float = 0.0
    """By the monotonic clock."""


class ReplayGuard:
    """One a process. Without ``url`` it asks ``elsewhere`` alone."""

    def __init__(self, url: str, elsewhere: Claim, ca: str = "") -> None:
        """``ca`` is a file of authorities for a Valkey over TLS."""
        self._elsewhere = elsewhere
        self._memory: Memory | None = open_memory(url, ca) if url else None
        self._parts = [_Part() for _ in range(self._memory.parts if self._memory else 0)]

    async def open(self) -> None:
        """Notes, in a Valkey that holds nothing yet, since when it remembers."""
        if self._memory is not None:
            await asyncio.gather(*(self._open(self._memory, number) for number in range(len(self._parts))))

    async def _open(self, memory: Memory, number: int) -> None:
        try:
            await memory.since(number)
        except (RedisError, OSError) as fault:
            self._lose(self._parts[number], fault)

    async def close(self) -> None:
        if self._memory is not None:
            await self._memory.close()

    async def claim(self, tenant_id: UUID, digest: bytes, seconds: int) -> Claimed:
        """Claims the value named by ``digest`` (SHA-256) for so many seconds. Raises :class:`Unavailable`."""
        current_request().effects.claimed = True
        if self._memory is None:
            return await self._elsewhere(tenant_id, digest, seconds)
        number = digest[0] % len(self._parts)
        part = self._parts[number]
        if time.monotonic() >= part.retry_at:
            try:
                fresh, since = await self._memory.claim(number, tenant_id.bytes + digest, seconds)
            except (RedisError, OSError) as fault:
                self._lose(part, fault)
            else:
                self._find(part)
                return Claimed(fresh, max(since, part.back_since))
        fresh, since = await self._elsewhere(tenant_id, digest, seconds)
        return Claimed(fresh, max(since, part.lost_at))

    def _lose(self, part: _Part, fault: Exception) -> None:
        part.retry_at = time.monotonic() + _RETRY_SECONDS
        if not part.lost_at:
            if not any(each.lost_at for each in self._parts):
                log.warning("replay_memory_away", reason=type(fault).__name__)
            part.lost_at = _present()

    def _find(self, part: _Part) -> None:
        if part.lost_at:
            part.lost_at, part.back_since = 0.0, _present()
            if not any(each.lost_at for each in self._parts):
                log.info("replay_memory_back")


def _present() -> float:
    """Epoch seconds in whole milliseconds, as nonces have them: one that is made in the same moment is not older."""
    return int(time.time() * 1000) / 1000
