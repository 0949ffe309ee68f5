"""Both kinds of windows, held to the same rules; the limiter's batches and its memory."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
import pytest_asyncio

from gateway.tests.rig.world import World
from vaultaris_edge.limiter.client import client_of
from vaultaris_edge.limiter.limiter import UNAVAILABLE, Limiter
from vaultaris_edge.limiter.memory import MemoryWindows
from vaultaris_edge.limiter.valkey import shared_windows
from vaultaris_edge.limiter.window import CREDENTIAL, GENERAL, Asked, Limits, SharedWindows, Verdict, Windows

SECOND = Limits(general=20, credential=5, seconds=1)


@pytest_asyncio.fixture(params=["valkey", "memory"])
async def windows(request: pytest.FixtureRequest, world: World) -> AsyncIterator[Windows]:
    """Windows of one second: 20 requests, 5 of them with credentials."""
    if request.param == "memory":
        yield MemoryWindows(SECOND)
        return
    async with connected(world, SECOND) as valkey:
        yield valkey


class connected:  # noqa: N801 - reads as the verb that it is
    """A connection to the world's Valkey for the time of a ``with``."""

    def __init__(self, world: World, limits: Limits) -> None:
        self._windows = shared_windows(world.valkey.url, limits)

    async def __aenter__(self) -> SharedWindows:
        self._keeper = asyncio.create_task(self._windows.run())
        for _ in range(500):
            if self._windows.connected:
                return self._windows
            await asyncio.sleep(0.01)
        raise AssertionError("no connection to Valkey")

    async def __aexit__(self, *_: object) -> None:
        self._keeper.cancel()
        await asyncio.gather(self._keeper, return_exceptions=True)


async def decide(windows: Windows, *batch: Asked) -> list[Verdict]:
    """The verdicts of one batch."""
    answered: asyncio.Future[list[Verdict] | None] = asyncio.get_running_loop().create_future()
    windows.decide(list(batch), answered.set_result)
    verdicts = await asyncio.wait_for(answered, 2)
    assert verdicts is not None
    return verdicts


def allowed(verdicts: list[Verdict]) -> int:
    return sum(verdict.allowed for verdict in verdicts)


@pytest.fixture
def someone(address: Callable[[], str]) -> Asked:
    """A client of whom nothing is known yet."""
    return Asked(address().encode(), False)


class TestWindows:
    async def test_exactly_the_limit_in_one_batch(self, windows: Windows, someone: Asked) -> None:
        verdicts = await decide(windows, *[someone] * 50)
        assert [verdict.allowed for verdict in verdicts] == [True] * 20 + [False] * 30
        assert [verdict.used for verdict in verdicts] == [*range(1, 21), *[20] * 30]
        assert all(0.8 < verdict.reset <= 1.0 for verdict in verdicts)

    async def test_a_burst_at_the_boundary_gets_no_second_helping(self, windows: Windows, someone: Asked) -> None:
        """All that is admitted late in one second still counts early in the next."""
        assert allowed(await decide(windows, someone)) == 1
        await asyncio.sleep(0.7)
        late = allowed(await decide(windows, *[someone] * 40))
        await asyncio.sleep(0.4)  # the first one has left the window, the others have not
        early = allowed(await decide(windows, *[someone] * 40))
        assert (late, early) == (19, 1)

    async def test_a_denied_request_does_not_count(self, windows: Windows, someone: Asked) -> None:
        await decide(windows, *[someone] * 60)
        await asyncio.sleep(0.5)
        assert allowed(await decide(windows, *[someone] * 60)) == 0
        await asyncio.sleep(0.55)
        assert allowed(await decide(windows, *[someone] * 60)) == 20

    async def test_reset_says_when_a_place_comes_free(self, windows: Windows, someone: Asked) -> None:
        *_, denied = await decide(windows, *[someone] * 21)
        await asyncio.sleep(denied.reset + 0.01)
        assert allowed(await decide(windows, someone)) == 1

    async def test_credentials_count_in_both_windows(self, windows: Windows, someone: Asked) -> None:
        guess = someone._replace(credential=True)
        verdicts = await decide(windows, *[guess] * 8, someone)
        assert [verdict.allowed for verdict in verdicts] == [True] * 5 + [False] * 3 + [True]
        assert {verdict.window for verdict in verdicts[:8]} == {CREDENTIAL}
        assert (verdicts[8].window, verdicts[8].used) == (GENERAL, 6)

    async def test_the_general_window_denies_credentials_too(self, windows: Windows, someone: Asked) -> None:
        await decide(windows, *[someone] * 20)
        (verdict,) = await decide(windows, someone._replace(credential=True))
        assert (verdict.allowed, verdict.window) == (False, GENERAL)

    async def test_clients_do_not_share(self, windows: Windows, address: Callable[[], str]) -> None:
        one, two = Asked(address().encode(), False), Asked(address().encode(), False)
        verdicts = await decide(windows, *[one, two] * 25)
        assert allowed(verdicts[::2]) == allowed(verdicts[1::2]) == 20


class TestValkeyWindows:
    async def test_two_connections_share_one_window(self, world: World, someone: Asked) -> None:
        async with connected(world, SECOND) as one, connected(world, SECOND) as two:
            answers = await asyncio.gather(*(decide(each, *[someone] * 7) for each in (one, two) * 5))
        assert sum(map(allowed, answers)) == 20

    async def test_a_flushed_script_is_sent_again(self, world: World, someone: Asked) -> None:
        async with connected(world, SECOND) as windows:
            await command(world, b"SCRIPT FLUSH")
            assert allowed(await decide(windows, *[someone] * 30)) == 20

    async def test_an_idle_window_leaves_nothing_behind(self, world: World, someone: Asked) -> None:
        async with connected(world, SECOND) as windows:
            await decide(windows, someone._replace(credential=True))
            assert await command(world, b"EXISTS {vaultaris:limit:%b}" % someone.client) == b":1"
            await asyncio.sleep(1.1)
            assert await command(world, b"EXISTS {vaultaris:limit:%b}" % someone.client) == b":0"
            assert await command(world, b"EXISTS {vaultaris:limit:%b}:credential" % someone.client) == b":0"

    async def test_very_large_limits_work(self, world: World, someone: Asked) -> None:
        async with connected(world, Limits(10**12, 10**12, 60)) as windows:
            verdicts = await decide(windows, *[someone] * 500)
        assert allowed(verdicts) == 500

    async def test_a_wrong_password_is_no_connection(self, world: World, someone: Asked) -> None:
        windows = shared_windows(world.valkey.url.replace("valkey-password", "wrong"), SECOND)
        keeper = asyncio.create_task(windows.run())
        await asyncio.sleep(0.2)
        answers: list[list[Verdict] | None] = []
        windows.decide([someone], answers.append)
        keeper.cancel()
        assert answers == [None]
        assert not windows.connected


async def command(world: World, line: bytes) -> bytes:
    """One inline command to Valkey, and its one-line answer."""
    reader, writer = await asyncio.open_connection("127.0.0.1", world.valkey.port)
    writer.write(b"AUTH valkey-password\r\n" + line + b"\r\n")
    await reader.readline()
    answer = await reader.readline()
    writer.close()
    return answer.strip()


class TestMemoryWindows:
    def test_forgets_the_clients_seen_longest_ago(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("vaultaris_edge.limiter.memory._MAX_CLIENTS", 100)
        windows = MemoryWindows(SECOND)
        replies: list[Any] = []
        for number in range(1000):
            windows.decide([Asked(b"%d" % number, True)], replies.append)
        assert len(windows._admitted) == 100


class TestLimiter:
    """Batches and memory: how often the windows are asked at all."""

    @pytest_asyncio.fixture
    async def limiter(self) -> Limiter:
        return Limiter(MemoryWindows(SECOND), SECOND)

    async def test_one_turn_of_the_loop_is_one_batch(self, limiter: Limiter) -> None:
        answers: list[bytes] = []
        for number in range(10):
            limiter.ask(Asked(b"%d" % number, False), answers.append)
        await settled()
        assert (limiter.batches, len(answers)) == (1, 10)
        assert all(answer.startswith(b"HTTP/1.1 200 ") for answer in answers)

    async def test_who_is_over_the_limit_is_not_asked_about_again(self, limiter: Limiter) -> None:
        answers: list[bytes] = []
        someone = Asked(b"someone", False)
        for _ in range(21):
            limiter.ask(someone, answers.append)
        await settled()
        for _ in range(100):
            limiter.ask(someone, answers.append)
            limiter.ask(someone._replace(credential=True), answers.append)
        assert (limiter.batches, limiter.admitted, limiter.denied) == (1, 20, 201)
        assert all(b" 429 " in answer and b"retry-after: 1\r\n" in answer for answer in answers[20:])

    async def test_and_is_let_in_again_when_the_window_has_moved_on(self, limiter: Limiter) -> None:
        answers: list[bytes] = []
        for _ in range(30):
            limiter.ask(Asked(b"someone", False), answers.append)
        await asyncio.sleep(1.05)
        limiter.ask(Asked(b"someone", False), answers.append)
        await settled()
        assert answers[-1].startswith(b"HTTP/1.1 200 ")

    async def test_over_the_credential_limit_is_not_over_the_general_one(self, limiter: Limiter) -> None:
        answers: list[bytes] = []
        for _ in range(6):
            limiter.ask(Asked(b"someone", True), answers.append)
        await settled()
        limiter.ask(Asked(b"someone", False), answers.append)
        await settled()
        assert b" 429 " in answers[5]
        assert b"x-ratelimit-remaining: 14\r\n" in answers[6]

    async def test_what_cannot_be_decided_is_503_at_once(self) -> None:
        limiter = Limiter(shared_windows("redis://127.0.0.1:1/0", SECOND), SECOND)
        answers: list[bytes] = []
        limiter.ask(Asked(b"any", False), answers.append)
        await settled()
        assert (answers, limiter.unavailable) == ([UNAVAILABLE], 1)


async def settled() -> None:
    """Lets everything run that the event loop has been asked to run."""
    for _ in range(3):
        await asyncio.sleep(0)


class TestClients:
    @pytest.mark.parametrize(
        ("address", "client"),
        [
            (b"192.0.2.7", b"192.0.2.7"),
            (b"2001:db8:1:2:3:4:5:6", b"2001:db8:1:2::/64"),
            (b"2001:db8:1:2::1", b"2001:db8:1:2::/64"),
            (b"fe80::1%eth0", b"fe80::/64"),
            (b"::ffff:192.0.2.7", b"192.0.2.7"),
            (b"no:address", b"no:address"),
            (b"", b""),
            (b"x" * 1000, b"x" * 64),
        ],
    )
    def test_an_ipv6_network_is_one_client(self, address: bytes, client: bytes) -> None:
        assert client_of(address) == client
