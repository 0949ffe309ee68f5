"""Lockout: how failures add up. Pure."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from vaultaris_directory.passwords.lockout import LONGEST_LOCK_SECONDS, Standing, lock_seconds
from vaultaris_directory.passwords.policy import PasswordPolicy

POLICY = PasswordPolicy()
START = datetime(2026, 1, 1, tzinfo=UTC)


def _fail(standing: Standing, times: int, at: datetime = START) -> Standing:
    for _ in range(times):
        standing = standing.after_failure(POLICY, at)
    return standing


class TestFailures:
    def test_the_fifth_locks(self) -> None:
        assert not _fail(Standing(), 4).locked(START)
        locked = _fail(Standing(), 5)
        assert locked == Standing(5, 1, START + timedelta(seconds=900))

    def test_tries_while_locked_count_for_nothing(self) -> None:
        locked = _fail(Standing(), 5)
        assert _fail(locked, 10, START + timedelta(seconds=899)) == locked

    def test_a_lock_that_is_over_takes_its_failures_with_it(self) -> None:
        after = START + timedelta(seconds=900)
        locked = _fail(Standing(), 5)
        assert locked.seen(after) == Standing(0, 1)
        assert _fail(locked, 1, after) == Standing(1, 1)

    def test_the_next_lock_is_twice_as_long(self) -> None:
        after = START + timedelta(seconds=900)
        assert _fail(_fail(Standing(), 5), 5, after).locked_until == after + timedelta(seconds=1800)


class TestSchedule:
    def test_doubles_up_to_a_day(self) -> None:
        assert [lock_seconds(900, lockouts) for lockouts in range(9)] == [
            900, 1800, 3600, 7200, 14_400, 28_800, 57_600, 86_400, 86_400,
        ]  # fmt: skip

    @given(st.integers(1, LONGEST_LOCK_SECONDS), st.integers(0, 10_000))
    def test_never_shrinks_and_never_exceeds_a_day(self, first: int, lockouts: int) -> None:
        assert lock_seconds(first, lockouts) <= lock_seconds(first, lockouts + 1) <= LONGEST_LOCK_SECONDS
