"""The live revocation set: what was revoked is known in memory before the next request is checked.

Auth alone writes, into a NATS key-value bucket that every service watches. Auth also writes a heartbeat
each second: a watcher that misses it for three seconds no longer trusts its memory and asks auth, so
"not revoked" is never assumed.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Final
from uuid import UUID

from nats.errors import Error as NatsError
from nats.js.api import KeyValueConfig
from nats.js.errors import APIError, BucketNotFoundError, NotFoundError
from nats.js.kv import KeyValue

from vaultaris_kit.bus import Bus, keep_copies
from vaultaris_kit.errors import Unauthorized
from vaultaris_kit.ids import created_ms
from vaultaris_kit.logs import get_logger
from vaultaris_kit.metrics import REVOCATION_WATCH
from vaultaris_kit.principal import Principal
from vaultaris_kit.revocation_clocks import Clocks
from vaultaris_kit.revocation_receipts import Receipts

log = get_logger(__name__)

BUCKET = "revocations"
HEARTBEAT_KEY = "heartbeat"
PASSING_KEY: Final = "passing"
"""Revokes nothing: who writes it learns by receipts when everybody has read, and heard, what was sent before."""
HEARTBEAT_SECONDS = 1.0
TRUST_SECONDS: Final = 3.0
CONFIRMED_SECONDS: Final = 10.0
"""How long auth may take to confirm a revocation: with NATS away, until nobody trusts what they have in memory."""
MAX_ACCESS_TOKEN_SECONDS = 86_400
"""No access token lives longer, so a revocation need not be remembered longer either."""
KEEP_SECONDS = MAX_ACCESS_TOKEN_SECONDS + 3600
_PRUNE_EVERY = 300.0


def token_key(token_id: UUID | str) -> str:
    return f"token.{token_id}"


def session_key(session_id: UUID | str) -> str:
    return f"session.{session_id}"


def user_key(user_id: UUID | str) -> str:
    return f"user.{user_id}"


def client_key(client_id: UUID | str) -> str:
    return f"client.{client_id}"


def tenant_key(tenant_id: UUID | str) -> str:
    return f"tenant.{tenant_id}"


def api_key_key(key_id: UUID | str) -> str:
    return f"api_key.{key_id}"


def signing_key_key(key_id: str) -> str:
    return f"key.{key_id}"


FOREVER_MS: Final = 2**53
"""The time of a mark that no credential is newer than: who holds a stolen signing key dates tokens as they please."""


def keys_of(principal: Principal) -> tuple[str, ...]:
    """Every key whose presence can revoke the credential of ``principal``.

    A tenant's mark ends what was issued before it; API keys outlive a suspension, so auth looks at their tenant.
    """
    return tuple(_keys_of(principal))


def _keys_of(principal: Principal) -> Iterable[str]:
    if principal.kind == "api_key":
        yield api_key_key(principal.id)
        return
    yield tenant_key(principal.tenant_id)
    if principal.kind == "user":
        yield user_key(principal.id)
    if principal.token_id:
        yield token_key(principal.token_id)
    if principal.session_id:
        yield session_key(principal.session_id)
    if principal.client_id:
        yield client_key(principal.client_id)
    if principal.key_id:
        yield signing_key_key(principal.key_id)
    yield from principal.derived_from


async def open_bucket(bus: Bus) -> KeyValue:
    """The bucket, made when it isn't there."""
    try:
        await keep_copies(bus.stream, f"KV_{BUCKET}", bus.replicas)
        return await bus.stream.key_value(BUCKET)
    except (BucketNotFoundError, NotFoundError):
        config = KeyValueConfig(bucket=BUCKET, ttl=KEEP_SECONDS, history=1, replicas=bus.replicas)
        return await bus.stream.create_key_value(config=config)


class Revocations:
    """Answers whether a credential was revoked; from memory while the watch lives, else from auth."""

    def __init__(self, bus: Bus, ask: Callable[[Principal], Awaitable[bool]]) -> None:
        self._bus, self._ask = bus, ask
        self._not_before: dict[str, int] = {}
        self._heard = -TRUST_SECONDS  # never yet
        self._told = -TRUST_SECONDS
        self._told_of = 0
        self._pruned = time.monotonic()
        self._receipts = Receipts(bus)
        self.clocks = Clocks()

    @property
    def live(self) -> bool:
        """Whether memory can be trusted at this moment."""
        return time.monotonic() < self.trusted_until

    @property
    def trusted_until(self) -> float:
        """Until when memory can be trusted if no heartbeat follows, by the monotonic clock."""
        return self._heard + TRUST_SECONDS

    async def check(self, principal: Principal, keys: Sequence[str] | None = None) -> None:
        """Raises :class:`Unauthorized` for a revoked credential, :class:`Unavailable` when nobody can tell.

        ``keys`` are those of :func:`keys_of`, for whoever has them at hand.
        """
        if self.live:
            revoked = self.remembers(principal, keys)
        else:
            revoked = await self._ask(principal)
        if revoked:
            raise Unauthorized("The credential has been revoked.", code="unauthorized")

    def remembers(self, principal: Principal, keys: Sequence[str] | None = None) -> bool:
        """Whether memory holds a revocation that is not older than the credential."""
        for key in keys_of(principal) if keys is None else keys:
            not_before = self._not_before.get(key)
            if not_before is not None and principal.issued_ms <= not_before:
                return True
        return False

    def apply(self, key: str, at_ms: int) -> None:
        """Takes in one revocation; the latest mark of a key counts."""
        self._not_before[key] = max(at_ms, self._not_before.get(key, 0))

    async def run(self) -> None:
        """Watches until cancelled, and starts over whenever the heartbeat stops.

        In this very task: whoever cancels does so until it has ended, and a group would hand that on but once.
        """
        telling = asyncio.create_task(self._receipts.run())
        try:
            await self._keep_watching(telling)
        finally:
            telling.cancel()

    async def leave(self) -> None:
        """Goes by memory no longer, and says so: who revokes need not wait for a process that ends."""
        self._heard = -TRUST_SECONDS
        await self._receipts.leave()

    async def _keep_watching(self, telling: "asyncio.Task[None]") -> None:
        while not telling.done():
            try:
                await self._bus.ready.wait()
                await self._watch()
            except (NatsError, APIError, TimeoutError, OSError) as fault:
                log.warning("revocation_watch_lost", reason=type(fault).__name__)
            REVOCATION_WATCH.set(0)
            await asyncio.sleep(0.2)
        telling.result()  # it has no end of its own: this raises what it ended with

    async def _watch(self) -> None:
        bucket = await open_bucket(self._bus)
        watcher = await bucket.watchall()
        caught_up, revision, self._told = False, 0, -TRUST_SECONDS
        try:
            while True:
                entry = await watcher.updates(timeout=TRUST_SECONDS)  # type: ignore[no-untyped-call]  # nats-py left it so
                if entry is None:
                    caught_up = True
                    await self._tell(bucket, revision)
                    continue
                revision = entry.revision
                self._take_in(entry)
                if caught_up and entry.key == HEARTBEAT_KEY:
                    await self._trust(bucket, revision)
                elif caught_up:
                    self._receipts.note(revision)
                self._prune()
        finally:
            await watcher.stop()  # type: ignore[no-untyped-call]  # nats-py left it so

    def _take_in(self, entry: KeyValue.Entry) -> None:
        if entry.value and entry.key == HEARTBEAT_KEY:
            self.clocks.note(int(entry.value))
        elif entry.value:
            self.apply(entry.key, int(entry.value))

    async def _trust(self, bucket: KeyValue, revision: int) -> None:
        """A heartbeat was heard. It counts once whoever revokes knows that this process goes by what it has read."""
        heard = time.monotonic()
        await self._tell(bucket, revision)
        if revision > self._told_of:
            self._heard = heard
            REVOCATION_WATCH.set(1)

    async def _tell(self, bucket: KeyValue, revision: int) -> None:
        """Says how far this process has read, for certain.

        One that was not known, or that others have given up, is waited for from here on. What they did without it is in
        the bucket already: a heartbeat from before that, which is read late, must not be trusted.
        """
        telling = time.monotonic()
        await self._receipts.tell(revision)
        if self._told + TRUST_SECONDS < time.monotonic():
            self._told_of = (await bucket.status()).stream_info.state.last_seq
        self._told = telling

    def _prune(self) -> None:
        if time.monotonic() - self._pruned < _PRUNE_EVERY:
            return
        self._pruned = time.monotonic()
        oldest = int((time.time() - KEEP_SECONDS) * 1000)
        self._not_before = {key: at for key, at in self._not_before.items() if at > oldest}


def issued_ms(token_id: UUID | None, issued_at: int) -> int:
    """When a credential was issued, to the millisecond: told by its UUIDv7 ``jti``, else by ``iat`` in seconds."""
    return (created_ms(token_id) if token_id else 0) or issued_at * 1000
