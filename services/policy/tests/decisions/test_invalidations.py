"""What watchers are told, of their own tenant alone and from where they left off."""

import asyncio
from contextlib import ExitStack
from uuid import UUID

import pytest

from vaultaris_kit.bus import Bus
from vaultaris_kit.consistency import SeenEvents
from vaultaris_kit.errors import Unavailable
from vaultaris_kit.events import Event, new_event
from vaultaris_kit.ids import new_id
from vaultaris_kit.principal import SYSTEM
from vaultaris_policy.decisions.invalidations import MAX_WAITING, MAX_WATCHERS_OF_TENANT, Invalidations
from vaultaris_policy.decisions.servicer import _message
from vaultaris_policy.settings import PolicySettings

TENANT, USER = new_id(), new_id()


class _LiveBus(Bus):
    @property
    def connected(self) -> bool:
        return True


@pytest.fixture
def invalidations() -> Invalidations:
    return Invalidations(_LiveBus("nats://127.0.0.1:9", "test"))


def event(kind: str, tenant_id: UUID = TENANT) -> Event:
    noun = kind.partition(".")[0]
    return new_event(SYSTEM, kind, tenant_id, resource_type=noun, resource_id=USER)


class TestToken:
    def test_checks_with_it_see_all_that_the_message_tells_of(self, invalidations: Invalidations) -> None:
        events = [event("user.updated") for _ in range(3)]
        for each in events:
            invalidations.take(each)
        with invalidations.watch(TENANT, events[0].id) as watcher:
            token = _message(None, watcher.take_all(), missed=False).consistency_token
        seen = SeenEvents()
        seen.keep()
        for each in reversed(events):
            assert not seen.covers(token)
            seen.add(each.id)
        assert seen.covers(token)


class TestWatcher:
    async def test_users_by_name_and_the_rest_as_everything(self, invalidations: Invalidations) -> None:
        with invalidations.watch(TENANT, None) as watcher:
            for kind in ("user.updated", "role.updated", "policy.deleted", "auth.login.failed"):
                invalidations.take(event(kind))
            told = await watcher.take(1)
        assert [each.user_id for each in told] == [USER, None, None]

    async def test_of_another_tenant_nothing(self, invalidations: Invalidations) -> None:
        with invalidations.watch(TENANT, None) as watcher:
            watcher.missed = False
            await watcher.take(0)
            invalidations.take(event("user.updated", new_id()))
            assert await watcher.take(0) == []
        assert invalidations.latest(TENANT) is None

    async def test_while_nats_is_away_everything_may_be_wrong(self, invalidations: Invalidations) -> None:
        away = Invalidations(Bus("nats://127.0.0.1:9", "test"))
        for each, expected in ((invalidations, [True, False]), (away, [True, True])):
            with each.watch(TENANT, None) as watcher:
                assert [each.missed_by(watcher) for _ in range(2)] == expected

    async def test_goes_on_after_a_cursor_of_its_own(self, invalidations: Invalidations) -> None:
        first, second, foreign = event("user.updated"), event("user.updated"), event("user.updated", new_id())
        for each in (first, foreign, second):
            invalidations.take(each)
        with invalidations.watch(TENANT, first.id) as watcher:
            assert not watcher.missed
            assert second.id in [each.event_id for each in await watcher.take(1)]
        for unknown in (foreign.id, new_id()):
            with invalidations.watch(TENANT, unknown) as watcher:
                assert watcher.missed

    async def test_whoever_can_not_keep_up_has_missed(self, invalidations: Invalidations) -> None:
        with invalidations.watch(TENANT, None) as watcher:
            watcher.missed = False
            for _ in range(MAX_WAITING + 1):
                invalidations.take(event("user.updated"))
            assert watcher.missed

    async def test_a_gap_is_told(self, invalidations: Invalidations) -> None:
        invalidations.take(event("user.updated"))
        with invalidations.watch(TENANT, invalidations.latest(TENANT)) as watcher:
            invalidations.forget()
            assert watcher.missed
        assert invalidations.latest(TENANT) is None

    async def test_a_tenant_leaves_room_for_others(self, invalidations: Invalidations) -> None:
        with ExitStack() as watching:
            for _ in range(MAX_WATCHERS_OF_TENANT):
                watching.enter_context(invalidations.watch(TENANT, None))
            with pytest.raises(Unavailable):
                watching.enter_context(invalidations.watch(TENANT, None))
            watching.enter_context(invalidations.watch(new_id(), None))
        with invalidations.watch(TENANT, None) as watcher:
            assert watcher.missed


async def test_what_was_changed_before_anything_is_heard_is_told(settings: PolicySettings) -> None:
    """A client may begin to watch while NATS is being reached."""
    bus = Bus(settings.nats_url.get_secret_value(), "policy-tests")
    invalidations = Invalidations(bus)
    connecting = asyncio.create_task(bus.run())
    await bus.ready.wait()
    with invalidations.watch(TENANT, None) as watcher:
        assert invalidations.missed_by(watcher)
        assert not invalidations.missed_by(watcher)
        await invalidations.run()
        assert invalidations.missed_by(watcher)
    connecting.cancel()
    await bus.close()
