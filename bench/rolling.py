"""Restarts every process of a running stack, one after the other, under steady load, and counts what failed.

Run it with `python -m bench.rolling`; it uses a folder and ports of its own, runs two processes of each service behind
the gateway, and takes about three minutes. The load is a timetable of reads and writes on every service.
"""

import argparse
import asyncio
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from bench.connection import BrokenAnswer, Connection, compose, compose_form
from bench.drive import Step
from bench.figures import Latencies
from bench.place import ENVIRON, machine_client
from bench.steps import fault_of, repeat
from bench.table import align
from tests.e2e.world import Company, open_world, unique
from vaultaris_stack.local import LocalStack

_DRAIN_SECONDS = "3"
"""How long a service that ends goes on serving: the gateway asks every second whether it still should be sent to."""
_CALM_SECONDS = 3.0
_STORES = ("nats", "valkey", "postgres")


class Load:
    """Workers that ask at a steady rate until they are told to stop; counts per phase."""

    def __init__(self, steps: Sequence[Step], rate: float) -> None:
        self._steps, self._interval = steps, len(steps) / rate
        self._ended = asyncio.Event()
        self.seconds: list[float] = []
        self.faults: Counter[str] = Counter()

    async def run(self) -> None:
        await asyncio.gather(*(self._work(number, step) for number, step in enumerate(self._steps)))

    def end(self) -> None:
        self._ended.set()

    def take(self) -> tuple[list[float], Counter[str]]:
        """What was seen since the last call."""
        seen = self.seconds, self.faults
        self.seconds, self.faults = [], Counter()
        return seen

    async def _work(self, number: int, step: Step) -> None:
        due = time.perf_counter() + number * self._interval / len(self._steps)
        while not self._ended.is_set():
            if (wait := due - time.perf_counter()) > 0:
                await asyncio.sleep(wait)
            began = time.perf_counter()
            fault = await _try(step)
            self.seconds.append(time.perf_counter() - began)
            if fault:
                self.faults[fault] += 1
            due = max(due + self._interval, began)


async def _try(step: Step) -> str:
    try:
        async with asyncio.timeout(30):
            return await step()
    except (BrokenAnswer, OSError, TimeoutError) as fault:
        return str(fault) or type(fault).__name__


async def _steps(url: str, address: str) -> list[Step]:
    """A read of every service, and a write."""
    company = await (await open_world(url)).add_company()
    return [*await reads(company, address), _named("create", _creating(Connection(address), company))]


async def reads(company: Company, address: str) -> list[Step]:
    """One of every service; a token is issued, too."""
    user = await company.add_user()
    machine = await machine_client(company)
    path, token = company.path, company.admin.token
    check = {"user_id": user["id"], "resource": "users", "action": "read"}
    requests = {
        "token": compose_form(address, "/oauth/token", {"grant_type": "client_credentials", **machine}),
        "directory": compose("GET", address, f"{path}/users/{user['id']}", token=token),
        "policy": compose("POST", address, f"{path}/integration/check-permission", token=token, body=check),
        "sessions": compose("GET", address, f"{path}/sessions", token=token),
        "audit": compose("GET", address, f"{path}/audit", token=token),
        "plugins": compose("GET", address, "/api/v1/docs/openapi.json"),
    }
    return [_named(name, repeat(Connection(address), [request])) for name, request in requests.items()]


def _named(name: str, step: Step) -> Step:
    async def named() -> str:
        fault = await step()
        return f"{name}: {fault}" if fault else ""

    return named


def _creating(connection: Connection, company: Company) -> Step:
    async def create() -> str:
        name = unique("rolling")
        body = {"username": name, "email": f"{name}@company.test"}
        request = compose("POST", connection.address, f"{company.path}/users", token=company.admin.token, body=body)
        return fault_of(await connection.ask(request), 201)

    return create


async def _roll(stack: LocalStack, rate: float, only: Sequence[str]) -> str:
    load = Load(await _steps(stack.url, f"127.0.0.1:{stack.port}"), rate)
    working = asyncio.create_task(load.run())
    services = [row.name for row in stack.status().processes if row.name[-2:-1] == "-"]
    cells = [("restarted", "requests", "failed", "p50 ms", "p99 ms", "longest ms", "how")]
    total: Counter[str] = Counter()
    for name in only or [*services, *_STORES]:
        await asyncio.to_thread(stack.restart_part, name)
        await asyncio.sleep(_CALM_SECONDS)
        seconds, faults = load.take()
        total.update({"requests": len(seconds), "failed": faults.total()})
        figures = Latencies.of(seconds)
        cells.append(
            (name, str(len(seconds)), str(faults.total()), f"{figures.p50 * 1000:.0f}", f"{figures.p99 * 1000:.0f}",
             f"{max(seconds) * 1000:.0f}", ", ".join(f"{count} {fault}" for fault, count in faults.most_common(3)))
        )  # fmt: skip
    load.end()
    await working
    cells.append(("all", str(total["requests"]), str(total["failed"]), "", "", "", ""))
    return "\n".join(align(cells))


def main() -> None:
    """Measures on a new data directory, which is removed afterwards."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rate", type=float, default=60.0, help="requests per second in all (default 60)")
    parser.add_argument("--replicas", type=int, default=2, choices=range(2, 5), help="processes of each service")
    parser.add_argument("parts", nargs="*", help="what to restart; everything without")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="vaultaris-rolling-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        environ = {**ENVIRON, "DRAIN_SECONDS": _DRAIN_SECONDS}
        stack = LocalStack(folder / "data", environ=environ, replicas=options.replicas)
        stack.start()
        try:
            print(asyncio.run(_roll(stack, options.rate, options.parts)))
        finally:
            stack.stop()


if __name__ == "__main__":
    main()
