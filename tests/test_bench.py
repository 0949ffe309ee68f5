"""The arithmetic and the wire format of the benchmarks."""

import asyncio
import math
from collections.abc import AsyncIterator

import pytest

from bench import processors, revocation, table
from bench.argon2 import Alone, Both, beside
from bench.connection import BrokenAnswer, Connection, compose, compose_form
from bench.drive import Bounds, measure
from bench.figures import Figures, Latencies, Processor, percentile
from bench.revocation import Refusal, Round


def _figures(**changes: object) -> Figures:
    processor = Processor(elapsed=10, cores=2, by_process={"auth": 3.5, "envoy": 1.0}, generator=2.5, machine=12)
    fields = {
        "name": "case",
        "connections": 8,
        "answered": 2000,
        "faults": {"status 503": 500},
        "processor": processor,
        "used": {"auth": 4.0, "envoy": 1.0},
    }
    return Figures(**{**fields, "latencies": Latencies(0.001, 0.002, 0.0305), **changes})  # type: ignore[arg-type]  # a factory


class TestPercentile:
    def test_is_the_nearest_rank(self) -> None:
        values = [float(value) for value in range(1, 101)]
        assert [percentile(values, share) for share in (0.5, 0.95, 0.99, 1)] == [50, 95, 99, 100]

    def test_of_one_value_is_that_value(self) -> None:
        assert percentile([7.0], 0.99) == 7

    def test_of_nothing_is_not_a_number(self) -> None:
        assert math.isnan(percentile([], 0.5))

    @pytest.mark.parametrize("share", [0, -0.1, 1.01])
    def test_refuses_a_share_that_is_none(self, share: float) -> None:
        with pytest.raises(ValueError, match="share"):
            percentile([1.0], share)

    def test_latencies_take_any_order(self) -> None:
        assert Latencies.of([3.0, 1.0, 2.0]) == Latencies(2.0, 3.0, 3.0)


class TestFigures:
    def test_rate_counts_good_answers_only(self) -> None:
        assert _figures().rate == 150

    def test_cost_is_cpu_seconds_per_thousand_answers(self) -> None:
        assert _figures().cost("auth") == 2
        assert _figures().total_cost == 2.5
        assert _figures().cost("unknown") == 0

    def test_cost_without_answers_is_not_a_number(self) -> None:
        assert math.isnan(_figures(answered=0, faults={}).total_cost)

    def test_shares(self) -> None:
        processor = _figures().processor
        assert processor.generator_share == 0.25
        assert processor.machine_share == 0.6
        assert processor.others_share == 0.25

    def test_argon2_share_is_noted(self) -> None:
        alone = Both(ours=Alone(rate=200, cost=0.004), openssl=Alone(rate=125, cost=0.008))
        share, openssl, ours = beside(_figures(answered=1000, faults={}), alone).notes
        assert "80% of the sign-in's CPU" in share
        assert "125/s" in openssl
        assert "80% of that" in openssl
        assert "200/s" in ours
        assert "50% of that" in ours


class TestBeyond:
    def test_takes_off_what_idling_costs(self) -> None:
        processor = Processor(elapsed=10, cores=2, by_process={"auth": 4.0, "audit": 0.05, "new": 1.0})
        assert processors.beyond({"auth": 0.1, "audit": 0.01}, processor) == {"auth": 3.0, "audit": 0.0, "new": 1.0}


class TestTable:
    def test_aligns_and_puts_the_dearest_process_first(self) -> None:
        lines = table.render([_figures(), _figures(name="a longer name", notes=("a word on it",))]).splitlines()
        assert lines[0].split()[-2:] == ["auth", "envoy"]
        assert len({len(line) for line in lines[:4]}) == 1
        assert " ".join(lines[2].split()) == "case 8 150 1.0 2.0 30.5 500 25 25 2.50 2.00 0.50"
        assert lines[-3:] == [
            "case: errors: 500 x status 503",
            "a longer name: errors: 500 x status 503",
            "a longer name: a word on it",
        ]

    def test_leaves_idle_processes_out(self) -> None:
        assert "plugins" not in table.render([_figures(used={"auth": 1.0, "plugins": 0.001})])


class TestRevocationReport:
    def test_counts_from_the_call_and_takes_the_slowest_service(self) -> None:
        refusals = {"auth": Refusal(1.010, 0), "audit": Refusal(1.030, 2)}
        lines = revocation.report([Round(called=1.0, answered=1.005, refusals=refusals)]).splitlines()
        rows = {line.rsplit(maxsplit=5)[0].strip(): line.split()[-4:] for line in lines[3:6]}
        assert rows["auth"] == ["10.0", "10.0", "10.0", "0"]
        assert rows["audit"] == ["30.0", "30.0", "30.0", "2"]
        assert rows["all services"] == ["30.0", "30.0", "30.0", "2"]

    def test_finds_the_session_in_a_token(self) -> None:
        assert revocation.session_of("e30.eyJzaWQiOiJzMSJ9.signature") == "s1"


class TestCompose:
    def test_json(self) -> None:
        request = compose("POST", "host:1", "/path", token="t", body={"a": 1})
        assert request == (
            b"POST /path HTTP/1.1\r\nhost: host:1\r\nauthorization: Bearer t\r\n"
            b'content-type: application/json\r\ncontent-length: 7\r\n\r\n{"a":1}'
        )

    def test_without_a_body(self) -> None:
        assert compose("GET", "host:1", "/path") == b"GET /path HTTP/1.1\r\nhost: host:1\r\n\r\n"

    def test_form(self) -> None:
        assert compose_form("host:1", "/path", {"a": "b c"}).endswith(b"content-length: 5\r\n\r\na=b+c")


class _Peer:
    """A real server on a free port that answers every request with the same bytes."""

    def __init__(self, *pieces: bytes) -> None:
        self._pieces = pieces
        self.address = ""

    async def __aenter__(self) -> "_Peer":
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.address = f"127.0.0.1:{self._server.sockets[0].getsockname()[1]}"
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        async for _ in _requests(reader):
            for piece in self._pieces:
                writer.write(piece)
                await writer.drain()
                await asyncio.sleep(0.01)  # each piece travels alone
            if not self._pieces:
                break
        writer.close()


async def _requests(reader: asyncio.StreamReader) -> AsyncIterator[bytes]:
    while not reader.at_eof():
        try:
            yield await reader.readuntil(b"\r\n\r\n")
        except asyncio.IncompleteReadError:
            return


_REQUEST = compose("GET", "peer", "/")


class TestConnection:
    async def test_puts_an_answer_in_pieces_together(self) -> None:
        async with _Peer(b"HTTP/1.1 200 OK\r\nContent-", b"Length: 9\r\n\r\n{", b'"a": 12}') as peer:
            connection = Connection(peer.address)
            for _ in range(2):
                answer = await connection.ask(_REQUEST)
                assert (answer.status, answer.json()) == (200, {"a": 12})
            connection.close()

    async def test_needs_no_body_for_204(self) -> None:
        async with _Peer(b"HTTP/1.1 204 No Content\r\n\r\n") as peer:
            assert (await Connection(peer.address).ask(_REQUEST)).status == 204

    async def test_tells_that_the_peer_went_away(self) -> None:
        async with _Peer() as peer:
            with pytest.raises(BrokenAnswer):
                await Connection(peer.address).ask(_REQUEST)

    async def test_refuses_what_it_cannot_read(self) -> None:
        async with _Peer(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n") as peer:
            with pytest.raises(BrokenAnswer, match="Content-Length"):
                await Connection(peer.address).ask(_REQUEST)


class TestMeasure:
    async def test_counts_answers_and_errors_within_its_bounds(self) -> None:
        turn = 0

        async def step() -> str:
            nonlocal turn
            turn += 1
            await asyncio.sleep(0)
            return "odd" if turn % 2 else ""

        measured = await measure("case", [step], {}, Bounds(warm_up=0, measured=5, count=100))
        assert (measured.answered, measured.faults) == (100, {"odd": 50})

    async def test_keeps_to_a_rate(self) -> None:
        async def step() -> str:
            return ""

        measured = await measure("case", [step, step], {}, Bounds(warm_up=0, measured=0.5), rate=100)
        assert 45 <= measured.answered <= 51

    async def test_a_broken_connection_is_an_error(self) -> None:
        async def step() -> str:
            raise BrokenAnswer("gone")

        measured = await measure("case", [step], {}, Bounds(warm_up=0, measured=1, count=3))
        assert measured.faults == {"gone": 3}
