"""Valkey Cluster: who holds which hash slot, and commands that go there.

redis-py's own cluster client fails as a whole while the one node is away that it has picked to ask about commands, so
the map is kept here, and each primary has an ordinary client of redis-py: a lost node costs its own keys alone.
"""

import asyncio
import time
from collections.abc import Iterable
from typing import Any, Final, NamedTuple

from redis.asyncio import Redis
from redis.crc import key_slot
from redis.exceptions import AskError, ClusterDownError, MovedError, RedisError, ResponseError

from vaultaris_kit.valkey import Valkey

SLOTS: Final = 16_384
_PATIENCE_SECONDS: Final = 0.5
_READ_PAUSE_SECONDS: Final = 0.5
_REDIRECTS: Final = 5


Address = tuple[str, int]


class Node(NamedTuple):
    """A primary. ``id`` is its own for life: whoever takes its slots over has another."""

    host: str
    port: int
    id: str

    @property
    def address(self) -> Address:
        return self.host, self.port


def slot_of(key: bytes) -> int:
    """The hash slot of a key: of what stands between its first braces, if anything does."""
    return int(key_slot(key))


class SlotMap:
    """The holder of each slot, as the cluster said last."""

    def __init__(self, valkey: Valkey) -> None:
        self._valkey = valkey
        self._holders: list[Node | None] = [None] * SLOTS

    @property
    def nodes(self) -> frozenset[Node]:
        """All primaries that hold slots."""
        return frozenset(node for node in set(self._holders) if node)

    @property
    def is_complete(self) -> bool:
        """Whether every slot has a holder."""
        return None not in self._holders

    def holder(self, slot: int) -> Node | None:
        return self._holders[slot]

    async def read(self, *, first: Address | None = None, last: Address | None = None) -> None:
        """Asks the nodes one after another until one tells: ``first`` knows best, ``last`` is likely to be away.

        Raises ConnectionError when none tells.
        """
        known = dict.fromkeys(
            (*([first] if first else []), *(node.address for node in self.nodes), *self._valkey.hosts)
        )
        order = sorted(known, key=lambda address: address == last)
        fault: Exception = ConnectionError("no node is known")
        for host, port in order:
            try:
                self._holders = await self._read_from(host, port)
            except (RedisError, OSError) as refused:
                fault = refused
            else:
                return
        raise ConnectionError(str(fault) or type(fault).__name__) from fault

    async def _read_from(self, host: str, port: int) -> list[Node | None]:
        options = {"socket_timeout": _PATIENCE_SECONDS, "socket_connect_timeout": _PATIENCE_SECONDS}
        async with self._valkey.node(host, port).client(max_connections=1, **options) as client:
            return _holders(await client.execute_command("CLUSTER SLOTS"), host)  # type: ignore[no-untyped-call]  # redis-py left it so


def _holders(ranges: Iterable[Any], asked: str) -> list[Node | None]:
    """From ``CLUSTER SLOTS``: first slot, last slot, the primary, its replicas. An unknown host is the one asked."""
    holders: list[Node | None] = [None] * SLOTS
    for first, last, (host, port, identity, *_), *_ in ranges:
        name = (host or b"").decode()
        node = Node(asked if name in {"", "?"} else name, int(port), identity.decode())
        holders[first : last + 1] = [node] * (last + 1 - first)
    return holders


class ClusterClient:
    """Commands on one key each, sent to the primary that holds it; ``pool`` is that of each primary's client."""

    def __init__(self, valkey: Valkey, **pool: Any) -> None:
        self._valkey = valkey
        self._pool = pool
        self._map = SlotMap(valkey)
        self._clients: dict[Address, Redis] = {}
        self._reading = asyncio.Lock()
        self._is_stale = True
        self._read_at = -_READ_PAUSE_SECONDS
        self._suspect: Address | None = None

    async def execute(self, key: bytes, *words: Any) -> tuple[Any, Node]:
        """The answer, and the holder of the key's slot. Raises RedisError or OSError."""
        slot = slot_of(key)
        node = await self._holder(slot)
        address, asking = node.address, False
        for _ in range(_REDIRECTS):
            try:
                return await self._execute_at(address, words, asking=asking), node
            except MovedError as to:
                node = await self._holder(slot, told_by=(to.host or address[0], to.port))
                address, asking = node.address, False
            except AskError as to:
                address, asking = (to.host or address[0], to.port), True
            except (RedisError, OSError) as fault:
                if not isinstance(fault, ResponseError) or isinstance(fault, ClusterDownError):
                    self._is_stale, self._suspect = True, address
                raise
        raise ConnectionError("the slot is being moved")

    async def aclose(self) -> None:
        for client in self._clients.values():
            await client.aclose()

    async def _execute_at(self, address: Address, words: tuple[Any, ...], *, asking: bool) -> Any:
        if address not in self._clients:
            self._clients[address] = self._valkey.node(*address).client(**self._pool)
        async with self._clients[address].pipeline(transaction=False) as pipeline:
            if asking:  # holds for the one command that follows on the same connection
                pipeline.execute_command("ASKING")
            pipeline.execute_command(*words)
            return (await pipeline.execute())[-1]

    async def _holder(self, slot: int, told_by: Address | None = None) -> Node:
        """Reads the map anew where it is known to be wrong, though not in every moment that a node is away."""
        async with self._reading:
            if told_by or (self._is_stale and time.monotonic() >= self._read_at + _READ_PAUSE_SECONDS):
                self._read_at = time.monotonic()
                await self._map.read(first=told_by, last=self._suspect)
                self._is_stale = False
                await self._forget_the_gone()
        node = self._map.holder(slot)
        if node is None:
            self._is_stale = True
            raise ConnectionError("nobody holds the slot")
        return node

    async def _forget_the_gone(self) -> None:
        """Closes the clients of nodes that hold nothing any more."""
        for address in self._clients.keys() - {node.address for node in self._map.nodes}:
            await self._clients.pop(address).aclose()
