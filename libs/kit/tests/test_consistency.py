"""Consistency tokens: what they name, and when a process covers them."""

import time
from uuid import UUID, uuid4

import pytest

from vaultaris_kit.consistency import (
    SETTLED_SECONDS,
    SeenEvents,
    collect_events,
    events_of,
    note_event,
    token_of,
)
from vaultaris_kit.errors import Invalid
from vaultaris_kit.ids import new_id


def made_before(seconds: float) -> UUID:
    """A UUIDv7 of then."""
    ms = int((time.time() - seconds) * 1000)
    return UUID(int=(ms << 80) | (new_id().int & ((1 << 80) - 1)))


class TestToken:
    def test_names_its_events(self) -> None:
        events = [new_id(), new_id()]
        assert events_of(token_of(events)) == (events, True)

    def test_of_very_many_it_names_the_last(self) -> None:
        events = [new_id() for _ in range(100)]
        assert events_of(token_of(events)) == ([events[-1]], False)

    @pytest.mark.parametrize("bad", ["", "x", "vct1.", "vct1.AQ", "vct1.!!!!", "vct2.AQAA", "vct1." + "A" * 1000])
    def test_anything_else_is_refused(self, bad: str) -> None:
        with pytest.raises(Invalid):
            events_of(bad)


def keeping() -> SeenEvents:
    seen = SeenEvents()
    seen.keep()
    return seen


class TestCovers:
    def test_only_when_all_were_heard(self) -> None:
        seen, events = keeping(), [new_id(), new_id()]
        token = token_of(events)
        for event in events:
            assert not seen.covers(token)
            seen.add(event)
        assert seen.covers(token)

    def test_a_token_that_names_only_the_last_never_before_it_is_old(self) -> None:
        seen, events = keeping(), [new_id() for _ in range(100)]
        for event in events:
            seen.add(event)
        assert not seen.covers(token_of(events))

    def test_what_is_old_is_settled(self) -> None:
        seen = keeping()
        assert seen.covers(token_of([made_before(SETTLED_SECONDS + 1)]))
        assert not seen.covers(token_of([made_before(SETTLED_SECONDS - 10)]))
        assert not seen.covers(token_of([made_before(-3600)]))

    def test_an_id_without_a_date_is_settled(self) -> None:
        assert keeping().covers(token_of([uuid4()]))

    def test_nothing_is_kept_until_somebody_will_ask(self) -> None:
        seen, event = SeenEvents(), new_id()
        seen.add(event)
        assert event not in seen
        assert not seen.covers(token_of([event]))

    def test_the_last_are_remembered_and_no_endless_number(self) -> None:
        seen, events = keeping(), [new_id() for _ in range(120_000)]
        for event in events:
            seen.add(event)
        assert all(event in seen for event in events[-50_000:])
        assert not any(event in seen for event in events[:20_000])


class TestCollecting:
    def test_notes_what_is_emitted_since(self) -> None:
        note_event(new_id())  # nobody collects yet
        made, event = collect_events(), new_id()
        note_event(event)
        assert made == [event]
