"""Sliding windows spread over a cluster: one script call per client, at the primary that holds the client's slot.

What a lost primary held stays undecided at once, until a replica has taken over; the other primaries go on.
"""

import asyncio

from vaultaris_edge.limiter.link import Line
from vaultaris_edge.limiter.nodes import Nodes
from vaultaris_edge.limiter.script import Script, key_of
from vaultaris_edge.limiter.window import Asked, Limits, Reply
from vaultaris_kit.valkey import Valkey
from vaultaris_kit.valkey_cluster import Address, slot_of

_ATTEMPTS = 6
_SOON_SECONDS = 0.02


class ClusterWindows:
    """``run`` keeps the connections. Clients are decided each by itself: a call's keys lie in one slot."""

    apart = True

    def __init__(self, valkey: Valkey, limits: Limits) -> None:
        self._script = Script(limits)
        self._nodes = Nodes(valkey, self._script.words([]))

    @property
    def connected(self) -> bool:
        return self._nodes.connected

    def decide(self, batch: list[Asked], reply: Reply) -> None:
        _Call(self._nodes, self._script, batch, reply).start()

    async def ping(self) -> float:
        return await self._nodes.ping()

    async def run(self) -> None:
        await self._nodes.run()


class _Call:
    """One call on its way: it follows redirections, for a moment, while slots move."""

    def __init__(self, nodes: Nodes, script: Script, batch: list[Asked], reply: Reply) -> None:
        self._nodes = nodes
        self._script = script
        self._batch = batch
        self._reply = reply
        self._slot = slot_of(key_of(batch[0].client))
        self._words = script.words(batch)
        self._left = _ATTEMPTS

    def start(self) -> None:
        holder = self._nodes.holder(self._slot)
        if holder is None:
            self._finish(None)
        else:
            self._send(holder)

    def _send(self, address: Address, *, asking: bool = False) -> None:
        self._left -= 1

        def answered(line: Line | None) -> None:
            self._answered(line, address)

        self._nodes.server(address).evaluate(self._words, answered, asking=asking)

    def _answered(self, line: Line | None, address: Address) -> None:
        kind = line.split(b" ", 1)[0] if isinstance(line, bytes) else b""
        if kind == b"-CLUSTERDOWN":
            self._nodes.doubt()
        if not self._left or not isinstance(line, bytes):
            self._finish(line)
        elif kind == b"-TRYAGAIN":  # one of the client's two windows is there already, the other is not yet
            asyncio.get_running_loop().call_later(_SOON_SECONDS, self.start)
        elif kind in {b"-MOVED", b"-ASK"}:
            named = _named(line, address)
            if kind == b"-MOVED":
                self._nodes.doubt(told_by=named)
            self._follow(named, asking=kind == b"-ASK")
        else:
            self._finish(line)

    def _follow(self, address: Address, *, asking: bool) -> None:
        """Sends the call there, after a moment if the node is met for the first time."""
        if self._nodes.server(address).connected or not self._left:
            self._send(address, asking=asking)
            return
        self._left -= 1
        asyncio.get_running_loop().call_later(_SOON_SECONDS, lambda: self._follow(address, asking=asking))

    def _finish(self, line: Line | None) -> None:
        self._reply(self._script.verdicts(self._batch, line))


def _named(line: bytes, asked: Address) -> Address:
    """The node in ``-MOVED 42 host:port``; without a host it is that of the node asked."""
    host, _, port = line.split()[2].decode().rpartition(":")
    return host or asked[0], int(port)
