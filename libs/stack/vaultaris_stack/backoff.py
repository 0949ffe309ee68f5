"""How long to wait before a crashed process is started again."""

from dataclasses import dataclass


@dataclass
class BackOff:
    """Doubling pauses in seconds; a run of `reset_after` seconds starts the series anew."""

    first: float = 0.2
    longest: float = 10.0
    reset_after: float = 30.0
    _next: float = 0.0

    def after_run_of(self, seconds: float) -> float:
        """The pause after a process that ran for so many seconds."""
        if seconds >= self.reset_after or not self._next:
            self._next = self.first
        pause = self._next
        self._next = min(self._next * 2, self.longest)
        return pause
