"""Lockout: how failures add up and how long an account stays locked. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from vaultaris_directory.passwords.policy import PasswordPolicy

LONGEST_LOCK_SECONDS = 86_400
_ENOUGH_DOUBLINGS = 17


@dataclass(frozen=True, slots=True)
class Standing:
    """Failures since the last success or lock, lockouts in a row, and until when the account is locked."""

    failures: int = 0
    lockouts: int = 0
    locked_until: datetime | None = None

    def locked(self, at: datetime) -> bool:
        return self.locked_until is not None and at < self.locked_until

    def seen(self, at: datetime) -> "Standing":
        """The standing as it counts at that moment: a lock that is over takes its failures with it."""
        return self if self.locked_until is None or self.locked(at) else Standing(0, self.lockouts)

    def after_failure(self, policy: PasswordPolicy, at: datetime) -> "Standing":
        """One more wrong password; tries on a locked account don't count."""
        now = self.seen(at)
        if now.locked(at):
            return self
        failures = now.failures + 1
        if failures < policy.max_failed_attempts:
            return Standing(failures, now.lockouts)
        until = at + timedelta(seconds=lock_seconds(policy.lockout_duration_seconds, now.lockouts))
        return Standing(failures, now.lockouts + 1, until)


def lock_seconds(first: int, lockouts: int) -> int:
    """How long the next lock lasts: ``first``, doubled by every lockout since the last success, up to a day."""
    return min(first << min(lockouts, _ENOUGH_DOUBLINGS), LONGEST_LOCK_SECONDS)
