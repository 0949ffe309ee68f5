"""What the supervisor knows of a part."""

from typing import Protocol

from vaultaris_stack.process import Process


class Part(Protocol):
    """Something that runs as one process. Times in seconds."""

    @property
    def name(self) -> str:
        """What people call it; also the name of its log."""

    @property
    def port(self) -> int | None:
        """The port to reach it on, if it has one."""

    @property
    def end_within(self) -> float:
        """How long it may take to end after `ask_to_end`; afterwards it is killed."""

    async def launch(self) -> Process:
        """Starts the process, without waiting until it is ready. Raises OSError or StackError when it cannot."""

    async def is_ready(self) -> bool:
        """Asks the process itself whether it can do its work now; never raises because it cannot."""

    async def ask_to_end(self, process: Process) -> None:
        """Begins a clean end."""
