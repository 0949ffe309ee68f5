"""How long a session lives: pure reckoning, no input or output."""

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Lifetimes:
    """Idle and absolute life of a session."""

    idle: timedelta
    absolute: timedelta

    def expires_at(self, created_at: datetime, told: datetime | None) -> datetime:
        """The absolute end: what auth told, else reckoned from the beginning."""
        return told if told is not None and told > created_at else created_at + self.absolute

    def active_until(self, last_activity: datetime, expires_at: datetime, token_expires: datetime | None) -> datetime:
        """When the session falls idle.

        Activity is heard of whenever a token is issued, so a session never falls idle before the
        token it was last given runs out.
        """
        idle_at = last_activity + self.idle
        return min(expires_at, max(idle_at, token_expires) if token_expires else idle_at)
