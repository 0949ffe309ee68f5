"""The garbage collector walks through what is new, and still finds every cycle in the end."""

import gc
import weakref
from collections.abc import Callable, Iterator

import pytest

from vaultaris_kit.pauses import Pauses

ROUNDS = 5
Shorten = Callable[[float], None]


class Cycle:
    """Refers to itself."""

    def __init__(self) -> None:
        self.itself = self


@pytest.fixture
def shorten() -> Iterator[Shorten]:
    begun: list[Pauses] = []

    def begin(long: float) -> None:
        begun.append(Pauses(long, ROUNDS))
        begun[0].shorten()

    yield begin
    begun[0].end()


class TestPauses:
    def test_what_survived_a_long_walk_is_not_walked_through_again(self, shorten: Shorten) -> None:
        shorten(0.0)
        held = [[] for _ in range(1_000)]  # type: ignore[var-annotated]  # empty, and nothing else
        assert _is_walked(held)
        gc.collect()
        assert not _is_walked(held)

    def test_what_survived_a_short_one_is(self, shorten: Shorten) -> None:
        shorten(60.0)
        held = [[] for _ in range(1_000)]  # type: ignore[var-annotated]  # empty, and nothing else
        gc.collect()
        assert _is_walked(held)

    def test_cycles_that_were_in_use_are_found_later(self, shorten: Shorten) -> None:
        shorten(0.0)
        cycle = Cycle()
        gc.collect()
        watched = weakref.ref(cycle)
        del cycle
        gc.collect()
        assert watched() is not None
        for _ in range(ROUNDS):
            gc.collect()
        assert watched() is None

    def test_new_cycles_are_found_at_once(self, shorten: Shorten) -> None:
        shorten(0.0)
        gc.collect()
        watched = weakref.ref(Cycle())
        gc.collect()
        assert watched() is None


def _is_walked(thing: object) -> bool:
    return any(each is thing for each in gc.get_objects())
