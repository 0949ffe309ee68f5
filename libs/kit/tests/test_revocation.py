"""Revocation: known in memory while the watch lives, asked of auth when it does not."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
import pytest_asyncio

from tests.eventually import eventually
from vaultaris_kit import revocation
from vaultaris_kit.bus import Bus
from vaultaris_kit.errors import Unauthorized, Unavailable
from vaultaris_kit.ids import created_ms, new_id
from vaultaris_kit.principal import Principal
from vaultaris_kit.revocation import Revocations
from vaultaris_kit.revocation_receipts import Readers
from vaultaris_kit.service import end_tasks
from vaultaris_stack.local import LocalStack


def _principal() -> Principal:
    token_id = new_id()
    return Principal(
        kind="user", id=new_id(), tenant_id=new_id(), client_id=str(new_id()), session_id=new_id(), token_id=token_id,
        issued_ms=created_ms(token_id),
    )  # fmt: skip


async def _nobody(_principal: Principal) -> bool:
    raise Unavailable


def _state(look: Callable[[], bool]) -> Callable[[], Awaitable[bool]]:
    async def now() -> bool:
        return look()

    return now


@contextlib.asynccontextmanager
async def _watching(url: str) -> AsyncIterator[Revocations]:
    """A process that goes by the live set, and then no longer."""
    bus = Bus(url, "kit-tests-another")
    revocations = Revocations(bus, _nobody)
    connecting, watching = asyncio.create_task(bus.run()), asyncio.create_task(revocations.run())
    yield revocations
    await end_tasks([watching])
    await revocations.leave()
    await end_tasks([connecting])
    await bus.close()


@pytest_asyncio.fixture(scope="module")
async def watched(stack: LocalStack) -> AsyncIterator[Revocations]:
    """A live set, fed by the running auth service's heartbeat."""
    bus = Bus(stack.environ_of("audit")["NATS_URL"], "kit-tests")
    live = Revocations(bus, _nobody)
    running = [asyncio.create_task(bus.run()), asyncio.create_task(live.run())]
    await eventually(_state(lambda: live.live), bool)
    yield live
    for task in running:
        task.cancel()
    await bus.close()


@pytest_asyncio.fixture(scope="module")
async def readers(watched: Revocations) -> Readers:
    """Who is told of by receipts: the services of the stack, and ``watched``."""
    known = Readers(watched._bus, revocation.TRUST_SECONDS)
    await known.listen()
    await known.have_read(0)
    return known


class TestMarks:
    @pytest.mark.parametrize("which", range(5))
    def test_every_part_of_a_credential_can_be_revoked(self, which: int) -> None:
        principal = _principal()
        revocations = Revocations(Bus("nats://127.0.0.1:1", "unused"), _nobody)
        revocations.apply(list(revocation.keys_of(principal))[which], int(time.time() * 1000) + 1)
        assert revocations.remembers(principal)
        assert not revocations.remembers(_principal())

    def test_a_later_credential_is_not_meant(self) -> None:
        old = _principal()
        revocations = Revocations(Bus("nats://127.0.0.1:1", "unused"), _nobody)
        revocations.apply(revocation.user_key(old.id), old.issued_ms)
        assert revocations.remembers(old)
        later = Principal(kind="user", id=old.id, tenant_id=old.tenant_id, issued_ms=old.issued_ms + 1)
        assert not revocations.remembers(later)

    def test_an_older_mark_does_not_undo_a_newer(self) -> None:
        principal = _principal()
        revocations = Revocations(Bus("nats://127.0.0.1:1", "unused"), _nobody)
        revocations.apply(revocation.user_key(principal.id), principal.issued_ms + 10)
        revocations.apply(revocation.user_key(principal.id), 1)
        assert revocations.remembers(principal)


class TestWatch:
    async def test_a_written_key_is_honoured(self, watched: Revocations) -> None:
        principal = _principal()
        await watched.check(principal)
        bucket = await revocation.open_bucket(watched._bus)
        await bucket.put(revocation.token_key(str(principal.token_id)), str(principal.issued_ms + 1).encode())
        await eventually(_state(lambda: watched.remembers(principal)), bool, within=2)
        with pytest.raises(Unauthorized):
            await watched.check(principal)

    async def test_whoever_revokes_can_wait_for_all_who_read(self, watched: Revocations, readers: Readers) -> None:
        bucket = await revocation.open_bucket(watched._bus)
        for _round in range(20):
            principal = _principal()
            mark = str(principal.issued_ms + 1).encode()
            await readers.have_read(await bucket.put(revocation.token_key(str(principal.token_id)), mark))
            assert watched.remembers(principal)

    async def test_one_who_is_gone_is_waited_for_until_it_would_trust_nothing(
        self, watched: Revocations, readers: Readers
    ) -> None:
        bucket = await revocation.open_bucket(watched._bus)
        revision = await bucket.put(revocation.token_key(new_id()), b"1")
        await watched._bus.client.publish("revocations.read", b'["gone",1]')
        await eventually(_state(lambda: "gone" in readers._readers), bool)
        began = time.monotonic()
        await readers.have_read(revision)
        assert revocation.TRUST_SECONDS - 0.5 < time.monotonic() - began < revocation.TRUST_SECONDS + 1

    async def test_one_who_leaves_is_not_waited_for(
        self, watched: Revocations, readers: Readers, stack: LocalStack
    ) -> None:
        before = set(readers._readers)
        async with _watching(stack.environ_of("audit")["NATS_URL"]):
            await eventually(_state(lambda: len(set(readers._readers) - before) == 1), bool)
        bucket = await revocation.open_bucket(watched._bus)
        began = time.monotonic()
        await readers.have_read(await bucket.put(revocation.token_key(new_id()), b"1"))
        assert time.monotonic() - began < revocation.TRUST_SECONDS / 2

    async def test_a_newcomer_trusts_nothing_before_it_is_known(self, readers: Readers, stack: LocalStack) -> None:
        for _round in range(3):
            async with _watching(stack.environ_of("audit")["NATS_URL"]) as newcomer:
                known = set(readers._readers)
                while not newcomer.live:
                    known = set(readers._readers)
                    await asyncio.sleep(0)
                assert newcomer._receipts._reader in known

    async def test_after_a_gap_everybody_counts_as_unknown(self, watched: Revocations, stack: LocalStack) -> None:
        """Receipts may have been missed meanwhile."""
        bus = Bus(stack.environ_of("audit")["NATS_URL"], "kit-tests-gap")
        running = asyncio.create_task(bus.run())
        known = Readers(bus, revocation.TRUST_SECONDS)
        await known.listen()
        await known.have_read(0)
        began = time.monotonic()
        await known.have_read(0)
        assert time.monotonic() - began < revocation.TRUST_SECONDS / 2
        for callback in bus.on_gap:
            callback()
        await known.have_read(0)
        assert time.monotonic() - began > revocation.TRUST_SECONDS - 0.5
        await end_tasks([running])
        await bus.close()

    async def test_before_it_listens_nobody_is_taken_to_have_read(self) -> None:
        deaf = Readers(Bus("nats://127.0.0.1:1", "unused"), revocation.TRUST_SECONDS)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.2):
                await deaf.have_read(0)

    async def test_many_who_revoke_at_once_wait_for_their_own(self, watched: Revocations, readers: Readers) -> None:
        bucket = await revocation.open_bucket(watched._bus)

        async def revoke() -> bool:
            principal = _principal()
            key, mark = revocation.token_key(str(principal.token_id)), str(principal.issued_ms + 1).encode()
            await readers.have_read(await bucket.put(key, mark))
            return watched.remembers(principal)

        began = time.monotonic()
        assert all(await asyncio.gather(*(revoke() for _ in range(500))))
        assert time.monotonic() - began < revocation.TRUST_SECONDS
        assert not readers._waiting

    async def test_without_a_heartbeat_auth_is_asked(self) -> None:
        asked = []

        async def ask(principal: Principal) -> bool:
            asked.append(principal)
            return True

        deaf = Revocations(Bus("nats://127.0.0.1:1", "unused"), ask)
        with pytest.raises(Unauthorized):
            await deaf.check(_principal())
        assert len(asked) == 1

    async def test_when_nobody_can_tell_nothing_is_assumed(self) -> None:
        deaf = Revocations(Bus("nats://127.0.0.1:1", "unused"), _nobody)
        with pytest.raises(Unavailable):
            await deaf.check(_principal())
