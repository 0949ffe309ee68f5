"""One child process with its output kept, waited for by asking it."""

import asyncio
import contextlib
import os
import signal
import subprocess
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path

_STOP_SECONDS = 10.0


class Process:
    """Started at once; ``log`` holds what it prints."""

    def __init__(self, command: list[str], log: Path, environ: Mapping[str, str] | None = None) -> None:
        self.log = log
        with log.open("ab") as output:
            self._child = subprocess.Popen(
                command, stdout=output, stderr=subprocess.STDOUT, env={"PATH": os.environ["PATH"], **(environ or {})}
            )

    @property
    def pid(self) -> int:
        return self._child.pid

    def signal(self, number: signal.Signals) -> None:
        self._child.send_signal(number)

    def wait(self, seconds: float) -> int:
        """Its exit code, once it ends by itself."""
        return self._child.wait(seconds)

    def stop(self) -> int:
        """Ends it and returns its exit code."""
        self._child.send_signal(signal.SIGCONT)
        self._child.terminate()
        try:
            return self._child.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._child.kill()
            return self._child.wait()

    async def until(self, answers: Callable[[], Awaitable[bool]], seconds: float = 60.0) -> None:
        """Returns when ``answers`` is true. Raises AssertionError with the log when it dies or takes too long."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while self._child.poll() is None:
                    if await answers():
                        return
                    await asyncio.sleep(0.02)  # there is no event for "the other process listens now"
        raise AssertionError(f"not up: {self._child.args!r}\n{self.log.read_text(errors='replace')[-4000:]}")


async def listens(port: int) -> bool:
    """Whether a connection to a port of this machine is taken."""
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    writer.close()
    return True
