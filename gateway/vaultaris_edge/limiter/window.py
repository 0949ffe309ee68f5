"""The words of the limiter: what is asked, and what is answered."""

from typing import NamedTuple, Protocol

GENERAL, CREDENTIAL = 0, 1


class Asked(NamedTuple):
    """One request of ``client``, which counts in the general window and, with ``credential``, in that one too."""

    client: bytes
    credential: bool


class Verdict(NamedTuple):
    """``window`` is the one that denied, or else the tightest asked; ``reset`` is in seconds.

    ``used`` counts the requests in that window, this one included when it was allowed. ``reset`` is the time
    until the oldest of them leaves the window: until then a denied client stays denied.
    """

    allowed: bool
    window: int
    used: int
    reset: float


class Reply(Protocol):
    """Takes the verdicts of a batch in its order, or None when the windows can't be read right now."""

    def __call__(self, verdicts: list[Verdict] | None, /) -> None: ...


class Windows(Protocol):
    """Keeps sliding windows. ``decide`` never blocks; it calls ``reply`` exactly once.

    With ``apart``, all requests of a batch are of one client.
    """

    apart: bool

    def decide(self, batch: list[Asked], reply: Reply) -> None: ...


class SharedWindows(Windows, Protocol):
    """Windows in Valkey. ``run`` keeps the connections, until it is cancelled."""

    @property
    def connected(self) -> bool:
        """Whether all batches can be decided right now."""
        ...

    async def ping(self) -> float:
        """Seconds that a PING takes. Raises ConnectionError when Valkey is away."""
        ...

    async def run(self) -> None: ...


class Limits(NamedTuple):
    """``general`` and ``credential`` requests within ``seconds``."""

    general: int
    credential: int
    seconds: int
