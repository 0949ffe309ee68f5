"""The life of a supervisor process: prepare, start, wait for the order to stop, stop."""

import asyncio
import contextlib
import signal
from collections.abc import Callable

from vaultaris_stack.assembly import Options
from vaultaris_stack.commands import Commands
from vaultaris_stack.control import ControlServer
from vaultaris_stack.environment import Environment
from vaultaris_stack.errors import StackError
from vaultaris_stack.events import Listener
from vaultaris_stack.logs import Watcher
from vaultaris_stack.supervisor import Supervisor, supervised

_ORDERS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


async def run(
    options: Options, listener: Listener, watcher: Watcher | None, on_ready: Callable[[Environment], None]
) -> None:
    """Runs a stack until it is told to stop, by a signal or by `vaultaris down`; everything has ended on return.

    A second signal ends the parts by force. Raises StackError when the start fails.
    """
    stop, ended = asyncio.Event(), asyncio.Event()
    async with contextlib.AsyncExitStack() as afterwards, supervised(options, listener, watcher) as supervisor:
        _obey_signals(supervisor, stop)
        control = ControlServer(supervisor.stack.control, Commands(supervisor, stop, ended).handle)
        # Both once everything has ended, so that `vaultaris down` hears of it.
        afterwards.push_async_callback(control.close)
        afterwards.callback(ended.set)
        await control.open()
        if await _started(supervisor, stop):
            on_ready(supervisor.stack.environment)
            await stop.wait()


async def _started(supervisor: Supervisor, stop: asyncio.Event) -> bool:
    """Starts everything; False when the order to stop came first."""
    starting = asyncio.create_task(supervisor.start())
    stopping = asyncio.create_task(stop.wait())
    await asyncio.wait({starting, stopping}, return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    if stop.is_set():
        starting.cancel()
        with contextlib.suppress(asyncio.CancelledError, StackError):  # what fails because it is ended is no news
            await starting
        return False
    starting.result()
    return True


def _obey_signals(supervisor: Supervisor, stop: asyncio.Event) -> None:
    def obey() -> None:
        if stop.is_set():
            supervisor.kill()
        stop.set()

    for order in _ORDERS:
        asyncio.get_running_loop().add_signal_handler(order, obey)
