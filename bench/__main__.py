"""`python -m bench [NAME ...]` measures the product on a stack of its own; without names, everything."""

import argparse
import asyncio
import signal
from collections.abc import Awaitable, Callable, Sequence

import uvloop

from bench import decisions, directory, freshness, limiter, machine, revocation, tokens
from bench.drive import Bounds
from bench.place import Place, open_place

BENCHMARKS: dict[str, Callable[[Place], Awaitable[str]]] = {
    "tokens": tokens.run,
    "decisions": decisions.run,
    "freshness": freshness.run,
    "revocation": revocation.run,
    "directory": directory.run,
    "limiter": limiter.run,
}
_MOST_SECONDS = 60.0


def _seconds(text: str) -> float:
    value = float(text)
    if not 0 < value <= _MOST_SECONDS:
        raise argparse.ArgumentTypeError(f"must be above 0 and at most {_MOST_SECONDS:.0f}")
    return value


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"any of: {', '.join(BENCHMARKS)}")
    parser.add_argument("--seconds", type=_seconds, default=6.0, help="measured time of a case (default 6)")
    parser.add_argument("--replicas", type=int, choices=range(1, 5), help="processes of each service (default 1)")
    arguments = parser.parse_args()
    if unknown := set(arguments.names) - BENCHMARKS.keys():
        parser.error(f"no benchmark is named {', '.join(sorted(unknown))}")
    return arguments


async def _run(names: Sequence[str], bounds: Bounds, replicas: int | None) -> None:
    _end_on_terminate()
    print(machine.describe())
    async with open_place(bounds, replicas) as place:
        for name in names:
            print(f"\n{name}", flush=True)
            print(await BENCHMARKS[name](place), flush=True)
        print(f"\nobservations lost on the way to the audit trail: {await place.observations_lost():,}")


def _end_on_terminate() -> None:
    """SIGTERM ends the run as Ctrl-C does, with the stack stopped and its data removed."""
    running = asyncio.current_task()
    assert running is not None
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, running.cancel)


def main() -> None:
    """Runs what the command line names."""
    arguments = _arguments()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_run(arguments.names or list(BENCHMARKS), Bounds(measured=arguments.seconds), arguments.replicas))


if __name__ == "__main__":
    main()
