"""Sliding windows in one Valkey, shared by every edge process: one script call per batch over one connection.

Without a connection nobody waits: batches stay undecided at once, and a new connection is made in the background.
"""

from vaultaris_edge.limiter.cluster import ClusterWindows
from vaultaris_edge.limiter.link import Line
from vaultaris_edge.limiter.script import Script
from vaultaris_edge.limiter.server import Server
from vaultaris_edge.limiter.window import Asked, Limits, Reply, SharedWindows
from vaultaris_kit.valkey import Valkey, parse_valkey


def shared_windows(url: str, limits: Limits, ca: str = "") -> SharedWindows:
    """The windows that ``REDIS_URL`` names; ``ca`` is a file of authorities for TLS.

    Raises ValueError for what is no address of Valkey.
    """
    valkey = parse_valkey(url, ca)
    return ClusterWindows(valkey, limits) if valkey.cluster else ValkeyWindows(valkey, limits)


class ValkeyWindows:
    """``run`` keeps the connection; until there is one, ``decide`` answers None at once."""

    apart = False

    def __init__(self, valkey: Valkey, limits: Limits) -> None:
        self._script = Script(limits)
        self._server = Server(valkey, self._script.words([]))

    @property
    def connected(self) -> bool:
        return self._server.connected

    def decide(self, batch: list[Asked], reply: Reply) -> None:
        def done(line: Line | None) -> None:
            if isinstance(line, bytes) and line.startswith(b"-READONLY"):  # another is the primary now
                self._server.drop()
            reply(self._script.verdicts(batch, line))

        self._server.evaluate(self._script.words(batch), done)

    async def ping(self) -> float:
        return await self._server.ping()

    async def run(self) -> None:
        await self._server.run()
