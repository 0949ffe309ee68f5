"""What happens to the parts of a stack, as values that a terminal, a log or a waiting command can show."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class State(StrEnum):
    """Where a part stands."""

    STARTING = "starting"
    READY = "ready"
    RESTARTING = "restarting"
    STOPPING = "stopping"
    STOPPED = "stopped"


@dataclass(frozen=True)
class Event:
    """A part changed its state. `detail` is for people: why it restarts, how long it took to be ready."""

    part: str
    state: State
    detail: str = ""


class Listener(Protocol):
    """Whoever wants to know. Must not block."""

    def __call__(self, event: Event, /) -> None:
        """Takes note of one event."""
