"""How long a session lives."""

from datetime import UTC, datetime, timedelta

from .sign_ins import LIFETIMES

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


class TestExpiresAt:
    def test_is_what_auth_told(self) -> None:
        told = NOON + timedelta(days=30)
        assert LIFETIMES.expires_at(NOON, told) == told

    def test_is_reckoned_when_auth_told_nothing(self) -> None:
        assert LIFETIMES.expires_at(NOON, None) == NOON + timedelta(hours=10)

    def test_is_reckoned_when_auth_told_nonsense(self) -> None:
        assert LIFETIMES.expires_at(NOON, NOON - timedelta(seconds=1)) == NOON + timedelta(hours=10)


class TestActiveUntil:
    end = NOON + timedelta(hours=10)

    def test_is_the_idle_time_after_the_last_activity(self) -> None:
        assert LIFETIMES.active_until(NOON, self.end, None) == NOON + timedelta(minutes=30)

    def test_is_never_before_the_last_token_ends(self) -> None:
        token_ends = NOON + timedelta(hours=1)
        assert LIFETIMES.active_until(NOON, self.end, token_ends) == token_ends

    def test_a_short_token_does_not_shorten_it(self) -> None:
        token_ends = NOON + timedelta(minutes=5)
        assert LIFETIMES.active_until(NOON, self.end, token_ends) == NOON + timedelta(minutes=30)

    def test_is_never_after_the_absolute_end(self) -> None:
        end = NOON + timedelta(minutes=10)
        assert LIFETIMES.active_until(NOON, end, NOON + timedelta(hours=1)) == end
