"""The primaries of a cluster: who holds which slot, and a connection to each."""

import asyncio

from vaultaris_edge.limiter.server import Server
from vaultaris_kit.logs import get_logger
from vaultaris_kit.valkey import Valkey
from vaultaris_kit.valkey_cluster import Address, SlotMap

log = get_logger(__name__)

_MAX_UNANSWERED = 4096
"""Calls of one client each: about 50 ms of a primary's work."""
_FIRST_PAUSE, _LONGEST_PAUSE = 0.05, 1.0


class Nodes:
    """``run`` reads the map when it is doubted, and keeps the connections that it calls for."""

    def __init__(self, valkey: Valkey, empty: list[bytes]) -> None:
        """``empty`` are the words with which each server loads the script."""
        self._valkey = valkey
        self._empty = empty
        self._map = SlotMap(valkey)
        self._servers: dict[Address, Server] = {}
        self._keepers: dict[Address, asyncio.Task[None]] = {}
        self._doubted = asyncio.Event()
        self._told_by: Address | None = None

    @property
    def connected(self) -> bool:
        """Whether every slot has a holder that can be asked."""
        present = {address for address, server in self._servers.items() if server.connected}
        return self._map.is_complete and present >= {node.address for node in self._map.nodes}

    def holder(self, slot: int) -> Address | None:
        node = self._map.holder(slot)
        return node.address if node else None

    def server(self, address: Address) -> Server:
        """The connection to a node; it is made from now on if there was none."""
        if address not in self._servers:
            server = Server(
                self._valkey.node(*address), self._empty, most_unanswered=_MAX_UNANSWERED, lost=self._doubted.set
            )
            self._servers[address] = server
            keeper = asyncio.get_running_loop().create_task(server.run())
            keeper.add_done_callback(lambda _: self._doubted.set())
            self._keepers[address] = keeper
        return self._servers[address]

    def doubt(self, told_by: Address | None = None) -> None:
        """Has the map read anew, at best from the node that is said to know more."""
        self._told_by = told_by or self._told_by
        self._doubted.set()

    async def ping(self) -> float:
        """Seconds that the slowest primary takes. Raises ConnectionError when one is away."""
        if not self.connected:
            raise ConnectionError("not all of the cluster can be reached")
        return max(await asyncio.gather(*(server.ping() for server in self._servers.values())))

    async def run(self) -> None:
        """Until cancelled, or until the keeper of a connection fails."""
        pause = _FIRST_PAUSE
        try:
            while True:
                self._doubted.clear()
                for ended in [keeper for keeper in self._keepers.values() if keeper.done()]:
                    ended.result()
                await self._read()
                await asyncio.sleep(pause)  # connections are made meanwhile
                if self.connected:
                    pause = _FIRST_PAUSE
                    await self._doubted.wait()
                else:
                    pause = min(pause * 2, _LONGEST_PAUSE)
        finally:
            for keeper in self._keepers.values():
                keeper.cancel()
            await asyncio.gather(*self._keepers.values(), return_exceptions=True)

    async def _read(self) -> None:
        told_by, self._told_by = self._told_by, None
        away = next((address for address, server in self._servers.items() if not server.connected), None)
        try:
            await self._map.read(first=told_by, last=away)
        except ConnectionError as fault:
            log.warning("valkey_cluster_away", reason=str(fault))
            return
        present = {node.address for node in self._map.nodes}
        for address in self._keepers.keys() - present:
            self._keepers.pop(address).cancel()
            del self._servers[address]
        for address in present:
            self.server(address)
