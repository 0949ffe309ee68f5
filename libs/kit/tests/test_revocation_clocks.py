"""How far other clocks are ahead."""

import time

import pytest

from vaultaris_kit import revocation_clocks
from vaultaris_kit.revocation_clocks import MOST_MS, Clocks


def _told(*ahead_ms: int) -> int:
    clocks = Clocks()
    for each in ahead_ms:
        clocks.note(int(time.time() * 1000) + each)
    return clocks.ahead_ms


def test_the_furthest_counts() -> None:
    assert _told() == 0
    assert _told(-500) == 0
    assert 1950 <= _told(300, 2000, -40, 300) <= 2000


def test_a_broken_clock_keeps_nobody_out() -> None:
    assert _told(86_400_000) == MOST_MS


def test_one_that_was_set_right_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(revocation_clocks, "_KEPT_SECONDS", 0.0)
    assert _told(2000) == 0
