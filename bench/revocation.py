"""From the call that revokes a session to the moment when every service refuses its token."""

import asyncio
import base64
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import msgspec

from bench import processors
from bench.connection import Connection, compose
from bench.figures import Latencies
from bench.place import Place
from bench.table import align
from tests.e2e.world import Company

_ROUNDS = 50
_WARM_UP = 3
_PAUSE = 0.005  # so that the asking does not slow down what it watches
_GIVE_UP = 5.0
_REFUSED = 401
_REVOKED = 204
_CALL = "the call itself"
_ALL = "all services"


@dataclass(frozen=True)
class Probe:
    """A call that gets past the door of `service` with a living token only; what it may do inside does not matter."""

    service: str
    method: str
    path: str
    body: object = None


@dataclass(frozen=True)
class Refusal:
    """When a service was first seen to refuse, and how often it said yes to what was asked after the call's answer."""

    at: float
    late: int


@dataclass(frozen=True)
class Round:
    """One revocation on the clock of `time.perf_counter`."""

    called: float
    answered: float
    refusals: Mapping[str, Refusal]


async def run(place: Place) -> str:
    """All rounds, then a table with a line a service."""
    company = await place.world.add_company()
    user = await company.add_user()
    probes = probes_of(company, user["id"])
    connections = {probe.service: Connection(place.gateway) for probe in probes}
    admin = Connection(place.gateway)
    before = processors.read(place.pids)
    rounds = [await _revoke(company, user["username"], admin, probes, connections) for _ in range(_WARM_UP + _ROUNDS)]
    others = processors.between(before, processors.read(place.pids)).others_share
    return f"{report(rounds[_WARM_UP:])}\nOthers on the machine used {others:.0%} of all cores meanwhile."


def probes_of(company: Company, user_id: str) -> list[Probe]:
    """One for every service that has a guarded path."""
    check = {"user_id": user_id, "resource": "ledger", "action": "read"}
    return [
        Probe("auth", "GET", f"{company.path}/keys"),
        Probe("directory", "GET", f"{company.path}/users/{user_id}"),
        Probe("policy", "POST", f"{company.path}/integration/check-permission", check),
        Probe("sessions", "GET", f"{company.path}/users/{user_id}/sessions"),
        Probe("audit", "GET", f"{company.path}/audit"),
    ]


async def _revoke(
    company: Company, username: str, admin: Connection, probes: Sequence[Probe], connections: Mapping[str, Connection]
) -> Round:
    token = (await company.sign_in(username))["access_token"]
    requests = {
        probe.service: compose(probe.method, admin.address, probe.path, token=token, body=probe.body)
        for probe in probes
    }
    for service, request in requests.items():
        await _require_life(service, connections[service], request)
    answered: asyncio.Future[float] = asyncio.get_running_loop().create_future()
    watching = asyncio.gather(*(_watch(connections[each], request, answered) for each, request in requests.items()))
    path = f"{company.path}/sessions/{session_of(token)}"
    called = time.perf_counter()
    answer = await admin.ask(compose("DELETE", admin.address, path, token=company.admin.token))
    if answer.status != _REVOKED:
        raise ValueError(f"the session was not revoked: {answer.status} {answer.body!r}")
    answered.set_result(time.perf_counter())
    refusals = dict(zip(requests, await watching, strict=True))
    return Round(called, answered.result(), refusals)


async def _require_life(service: str, connection: Connection, request: bytes) -> None:
    """Raises ValueError when the service refuses the token of a living session, or does not work."""
    answer = await connection.ask(request)
    if answer.status == _REFUSED or answer.status >= 500:
        raise ValueError(f"{service} answered a living session with {answer.status}: {answer.body!r}")


async def _watch(connection: Connection, request: bytes, answered: "asyncio.Future[float]") -> Refusal:
    """Asks again and again until the answer is no. Raises TimeoutError when it stays yes."""
    late = 0
    async with asyncio.timeout(_GIVE_UP):
        while True:
            was_answered = answered.done()
            if (await connection.ask(request)).status == _REFUSED:
                return Refusal(time.perf_counter(), late)
            late += was_answered
            await asyncio.sleep(_PAUSE)


def session_of(token: str) -> str:
    """The session id in the claims of an access token."""
    payload = token.split(".")[1]
    claims = msgspec.json.decode(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    return str(claims["sid"])


def report(rounds: Sequence[Round]) -> str:
    """Milliseconds from the call to the first refusal, and how many requests were let in after the call's answer."""
    seconds: defaultdict[str, list[float]] = defaultdict(list)
    late: defaultdict[str, int] = defaultdict(int)
    for each in rounds:
        seconds[_CALL].append(each.answered - each.called)
        for service, refusal in each.refusals.items():
            seconds[service].append(refusal.at - each.called)
            late[service] += refusal.late
        seconds[_ALL].append(max(refusal.at for refusal in each.refusals.values()) - each.called)
    late[_ALL] = sum(late.values())
    cells = [("refused by", "rounds", "p50 ms", "p95 ms", "p99 ms", "let in late")]
    cells += [_cells(name, values, late[name]) for name, values in seconds.items()]
    return "\n".join([*align(cells), "let in late: requests sent after the revoking call was answered, and accepted."])


def _cells(name: str, seconds: Sequence[float], late: int) -> tuple[str, str, str, str, str, str]:
    latencies = Latencies.of(seconds)
    p50, p95, p99 = (f"{each * 1000:.1f}" for each in (latencies.p50, latencies.p95, latencies.p99))
    return name, str(len(seconds)), p50, p95, p99, "" if name == _CALL else str(late)
