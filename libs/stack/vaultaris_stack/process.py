"""One process of the stack: how it starts, how it is signalled, how its end is noticed.

Every process is watched through a pidfd, so a signal can never hit a stranger that got the pid later, and an end is
an event of the loop. The supervisor has one thread, hence `preexec_fn` is safe here.
"""

import asyncio
import contextlib
import os
import signal
import subprocess
from collections.abc import Callable, Mapping, Sequence

from vaultaris_stack import kernel
from vaultaris_stack.privileges import Account


class Process:
    """A running process. `exited` gets its exit code (negative: ended by that signal; None: not known)."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.exited: asyncio.Future[int | None] = asyncio.get_running_loop().create_future()
        self._pidfd: int | None = None
        with contextlib.suppress(ProcessLookupError):  # ended and reaped already
            self._pidfd = os.pidfd_open(pid)

    def send(self, number: signal.Signals) -> None:
        """Sends a signal, if the process still lives."""
        if self._pidfd is not None:
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._pidfd, number)

    def kill(self) -> None:
        """Ends the process and its group without asking. Every process here leads a group of its own."""
        if self._pidfd is not None:
            self.send(signal.SIGKILL)
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.pid, signal.SIGKILL)

    def on_end(self, callback: Callable[[], None]) -> None:
        """Calls `callback` from the loop once the process is gone, whoever its parent is."""
        loop = asyncio.get_running_loop()
        if self._pidfd is None:
            loop.call_soon(callback)
        else:
            loop.add_reader(self._pidfd, callback)

    async def wait(self) -> int | None:
        """Waits for the end; the exit code."""
        return await asyncio.shield(self.exited)

    async def finish(self) -> int | None:
        """The same for a process that is of no use without us: it is killed when the wait is given up."""
        try:
            return await self.wait()
        except asyncio.CancelledError:
            self.kill()
            raise

    def ended(self, code: int | None) -> None:
        """Records the end; later calls change nothing."""
        if self._pidfd is not None:
            asyncio.get_running_loop().remove_reader(self._pidfd)
            os.close(self._pidfd)
            self._pidfd = None
        if not self.exited.done():
            self.exited.set_result(code)


def spawn(
    command: Sequence[str],
    *,
    environ: Mapping[str, str],
    output: int,
    stdin: int = subprocess.DEVNULL,
    folder: str = "/",
    pass_fds: Sequence[int] = (),
    account: Account | None = None,
    death_signal: signal.Signals = signal.SIGTERM,
) -> Process:
    """Starts a program in a session of its own, so that Ctrl-C in the terminal does not reach it.

    Standard output and error go to the pipe `output`, which is closed here afterwards. `death_signal` is what the
    kernel sends it when the supervisor dies. Raises OSError when the program cannot be started.
    """
    supervisor = os.getpid()

    def prepare() -> None:
        if account is not None:
            account.assume()
        kernel.end_with_parent(supervisor, death_signal)

    try:
        popen = subprocess.Popen(  # the Process below waits for it
            list(command),
            env=dict(environ),
            stdin=stdin,
            stdout=output,
            stderr=output,
            cwd=folder,
            pass_fds=pass_fds,
            start_new_session=True,
            preexec_fn=prepare,  # noqa: PLW1509 - one thread, and nothing but system calls
        )
    finally:
        os.close(output)
    process = Process(popen.pid)
    process.on_end(lambda: process.ended(popen.wait()))
    return process
