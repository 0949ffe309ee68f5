"""Where used values are remembered in Valkey: in one server, or spread over the primaries of a cluster.

Beside the values stands, in each part of the memory, since when that part is whole. It is set by whoever finds it
missing: a Valkey that starts empty says by its absence that it has forgotten.
"""

import asyncio
import time
from typing import Final, Protocol

from redis.asyncio import Redis

from vaultaris_kit.valkey import Valkey, parse_valkey
from vaultaris_kit.valkey_cluster import ClusterClient, Node

_KEY: Final = b"vaultaris:once:"
_SINCE: Final = b"vaultaris:once-since"
_PATIENCE_SECONDS: Final = 1.0
_CONNECTIONS: Final = 32
_CLUSTER_PARTS: Final = 32
"""Each lies in a hash slot of its own; in a cluster of more primaries than this some hold no part."""


class Memory(Protocol):
    """A memory in so many ``parts``, each of which can be lost alone. All methods raise RedisError or OSError."""

    parts: int

    async def claim(self, part: int, name: bytes, seconds: int) -> tuple[bool, float]:
        """Whether ``name`` was new to ``part``, and since when that is whole, in epoch seconds."""
        ...

    async def since(self, part: int) -> float:
        """Since when ``part`` is whole; from now on, if it did not say."""
        ...

    async def close(self) -> None: ...


def open_memory(url: str, ca: str = "") -> Memory:
    """The one that ``REDIS_URL`` names. Connects when it is first used."""
    valkey = parse_valkey(url, ca)
    return ClusterMemory(valkey) if valkey.cluster else ServerMemory(valkey)


_POOL: Final = {  # a burst waits for a connection; it is no loss of memory
    "max_connections": _CONNECTIONS,
    "timeout": _PATIENCE_SECONDS,
    "socket_timeout": _PATIENCE_SECONDS,
    "socket_connect_timeout": _PATIENCE_SECONDS,
}


class ServerMemory:
    """One part: whatever server there is, alone or behind sentinels."""

    parts = 1

    def __init__(self, valkey: Valkey) -> None:
        self._valkey: Redis = valkey.client(**_POOL)

    async def claim(self, part: int, name: bytes, seconds: int) -> tuple[bool, float]:
        async with self._valkey.pipeline(transaction=False) as pipeline:
            pipeline.set(_KEY + name, b"", nx=True, ex=seconds)
            pipeline.get(_SINCE)
            fresh, since = await pipeline.execute()
        return bool(fresh), int(since) / 1000 if since else await self.since(part)

    async def since(self, part: int) -> float:  # noqa: ARG002 - there is but one
        now = _now_ms()
        await self._valkey.set(_SINCE, now, nx=True)
        return int(await self._valkey.get(_SINCE) or now) / 1000

    async def close(self) -> None:
        await self._valkey.aclose()


class ClusterMemory:
    """A part is a hash slot. With its time stands the id of the node that holds it.

    A replica that takes over may lack what was claimed last. It has another id, so whoever asks it first begins the
    part anew, for everybody. A slot that was moved begins anew too: nothing was lost, but that can't be told apart.
    """

    parts = _CLUSTER_PARTS

    def __init__(self, valkey: Valkey) -> None:
        self._valkey = ClusterClient(valkey, **_POOL)

    async def claim(self, part: int, name: bytes, seconds: int) -> tuple[bool, float]:
        key = _KEY + _tag(part) + name
        (fresh, holder), (since, teller) = await asyncio.gather(
            self._valkey.execute(key, "SET", key, b"", "NX", "EX", seconds), self._since(part)
        )
        if holder.id != teller.id:  # between the two the part changed hands
            raise ConnectionError("the slot has a new holder")
        return bool(fresh), since

    async def since(self, part: int) -> float:
        return (await self._since(part))[0]

    async def _since(self, part: int) -> tuple[float, Node]:
        """The time, and who told it."""
        key = _SINCE + _tag(part)
        said, node = await self._valkey.execute(key, "GET", key)
        if said is not None:
            since, _, holder = said.decode().partition("@")
            if holder == node.id:
                return int(since) / 1000, node
        now = _now_ms()
        _, node = await self._valkey.execute(key, "SET", key, f"{now}@{node.id}")
        return now / 1000, node

    async def close(self) -> None:
        await self._valkey.aclose()


def _tag(part: int) -> bytes:
    """In braces: all keys of a part lie in one hash slot."""
    return b"{%d}" % part


def _now_ms() -> int:
    return int(time.time() * 1000)
