"""NATS: publishing to JetStream, durable consumers, and what happens while the server is away.

The connection is made and kept in the background: a service starts and serves without NATS.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Sequence
from uuid import uuid4

import msgspec
import nats
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.errors import Error as NatsError
from nats.js import JetStreamContext
from nats.js.api import ConsumerConfig, DeliverPolicy, RetentionPolicy, StreamConfig
from nats.js.errors import APIError

from vaultaris_kit import telemetry
from vaultaris_kit.errors import Unavailable
from vaultaris_kit.events import STREAM, SUBJECT_PREFIX, Event, decode_event
from vaultaris_kit.logs import get_logger
from vaultaris_kit.metrics import EVENTS_CONSUMED, OBSERVATIONS_LOST

log = get_logger(__name__)

PUBLISH_SECONDS = 3.0
_RECONNECT_SECONDS = 0.5
_MAX_DELIVER = -1
_ACK_WAIT_SECONDS = 30
_FETCH_SECONDS = 5.0
_RETRY_SECONDS = 1
_OBSERVATION_BUFFER = 10_000
_OBSERVATION_BATCH = 100
_DUPLICATE_WINDOW_SECONDS = 600
_RETENTION_SECONDS = 7 * 86400

EventHandler = Callable[[Sequence[Event]], Awaitable[None]]
"""Takes a batch. Returning acknowledges it; raising has it delivered again."""


class Bus:
    """One connection to NATS, with JetStream."""

    def __init__(self, urls: str, name: str, *, tracing: bool = False) -> None:
        self._tracing = tracing
        self._servers = [url.strip() for url in urls.split(",") if url.strip()]
        self._name = name
        self._client = Client()
        self.stream: JetStreamContext = self._client.jetstream(timeout=PUBLISH_SECONDS)
        self.ready = asyncio.Event()
        """Set while connected, with the stream there."""
        self.on_gap: list[Callable[[], None]] = []
        """Called whenever messages may have been missed: caches drop what they hold."""
        self._observations: asyncio.Queue[tuple[str, bytes, str]] = asyncio.Queue(_OBSERVATION_BUFFER)

    @property
    def connected(self) -> bool:
        return self.ready.is_set() and self._client.is_connected

    async def run(self) -> None:
        """Connects, however long it takes, then keeps the state true until cancelled."""
        while True:
            try:
                await self._connect()
                break
            except (OSError, NatsError, TimeoutError, APIError) as fault:
                log.warning("nats_away", reason=type(fault).__name__)
                await asyncio.sleep(_RECONNECT_SECONDS)
        await self._publish_observations()

    async def _connect(self) -> None:
        if not self._client.is_connected:
            await asyncio.wait_for(
                self._client.connect(
                    servers=self._servers,
                    name=self._name,
                    allow_reconnect=True,
                    max_reconnect_attempts=-1,
                    reconnect_time_wait=1,
                    connect_timeout=2,
                    ping_interval=5,
                    max_outstanding_pings=2,
                    disconnected_cb=self._on_disconnected,
                    reconnected_cb=self._on_reconnected,
                    error_cb=self._on_error,
                ),
                timeout=5,
            )
        await ensure_stream(self.stream)
        self.ready.set()

    async def _on_disconnected(self) -> None:
        self.ready.clear()
        log.warning("nats_disconnected")

    async def _on_reconnected(self) -> None:
        with contextlib.suppress(NatsError, APIError, TimeoutError):  # the next reconnect tries again
            await ensure_stream(self.stream)
        self.ready.set()
        for callback in self.on_gap:
            callback()
        log.info("nats_reconnected")

    async def _on_error(self, fault: Exception) -> None:
        if isinstance(fault, nats.errors.SlowConsumerError):
            for callback in self.on_gap:
                callback()
        log.warning("nats_error", reason=type(fault).__name__)

    async def publish(self, subject: str, payload: bytes, message_id: str) -> None:
        """Publishes durably: returns once JetStream has stored it. Raises :class:`Unavailable`."""
        try:
            await self.stream.publish(subject, payload, timeout=PUBLISH_SECONDS, headers={"Nats-Msg-Id": message_id})
        except (NatsError, TimeoutError, OSError) as fault:
            raise Unavailable("NATS is away") from fault

    def observe(self, service: str, event: Event, payload: bytes) -> None:
        """Hands over a high-volume observation without waiting; a full buffer drops it and counts the loss."""
        try:
            self._observations.put_nowait((event.subject(service), payload, str(event.id)))
        except asyncio.QueueFull:
            OBSERVATIONS_LOST.inc()

    async def _publish_observations(self) -> None:
        """In batches: JetStream stores what one connection sends in order, so its word on the last is word on all."""
        while True:
            batch = [await self._observations.get()]
            while len(batch) < _OBSERVATION_BATCH and not self._observations.empty():
                batch.append(self._observations.get_nowait())
            await self.ready.wait()
            try:
                for subject, payload, message_id in batch[:-1]:
                    await self._client.publish(subject, payload, headers={"Nats-Msg-Id": message_id})
                await self.publish(*batch[-1])
            except (Unavailable, NatsError):
                OBSERVATIONS_LOST.inc(len(batch))

    async def listen(self, subjects: Sequence[str], callback: Callable[[Event], None]) -> None:
        """Calls back for each live event, from now on; gaps are announced through ``on_gap``. For caches."""

        async def take(message: Msg) -> None:
            callback(decode_event(message.data))

        await self.ready.wait()
        for subject in subjects:
            await self._client.subscribe(f"{SUBJECT_PREFIX}.{subject}", cb=take)

    async def consume(self, durable: str, subjects: Sequence[str], handler: EventHandler, *, batch: int = 100) -> None:
        """Feeds ``handler`` with every event of ``subjects``, at least once, in batches, until cancelled.

        The replicas of a service share the durable consumer's name and so the work. A batch whose
        handler raises is delivered again after a pause; handlers are idempotent by the event's id.
        """
        while True:
            try:
                await self.ready.wait()
                await self._consume(durable, [f"{SUBJECT_PREFIX}.{subject}" for subject in subjects], handler, batch)
            except (NatsError, APIError, TimeoutError, OSError) as fault:
                log.warning("consumer_waits", consumer=durable, reason=type(fault).__name__)
                await asyncio.sleep(_RECONNECT_SECONDS)

    async def _consume(self, durable: str, subjects: list[str], handler: EventHandler, batch: int) -> None:
        config = ConsumerConfig(
            name=durable,
            durable_name=durable,
            filter_subjects=subjects,
            deliver_policy=DeliverPolicy.ALL,
            ack_wait=_ACK_WAIT_SECONDS,
            max_deliver=_MAX_DELIVER,
            max_ack_pending=batch * 2,
        )
        await self.stream.add_consumer(STREAM, config)  # or updates it: a new version may want other subjects
        subscription = await self.stream.pull_subscribe_bind(
            durable=durable, stream=STREAM, inbox_prefix=f"_INBOX.{uuid4().hex}".encode()
        )
        try:
            while True:
                try:
                    messages = await subscription.fetch(batch, timeout=_FETCH_SECONDS)
                except TimeoutError:
                    continue  # nothing new: told by the server, or found by our own clock
                await self._handle(durable, await _readable(messages), handler)
        finally:
            with contextlib.suppress(NatsError):  # the connection may be what ended the loop
                await subscription.unsubscribe()

    async def _handle(self, durable: str, messages: list[Msg], handler: EventHandler) -> None:
        events = [decode_event(message.data) for message in messages]
        try:
            with telemetry.consuming(events) if self._tracing else contextlib.nullcontext():
                await handler(events)
        except Unavailable:  # none of them could be handled: trying each alone would only take longer
            await self._retry(durable, messages)
        except Exception as fault:  # any fault of a handler means: again, later
            if len(messages) > 1:  # so that one bad event does not hold up its neighbours
                for message in messages:
                    await self._handle(durable, [message], handler)
                return
            log.warning("event_refused", consumer=durable, exc_info=fault)
            await self._retry(durable, messages)
        else:
            EVENTS_CONSUMED.labels(durable, "done").inc(len(messages))
            for message in messages:
                await message.ack()

    async def _retry(self, durable: str, messages: list[Msg]) -> None:
        EVENTS_CONSUMED.labels(durable, "retried").inc(len(messages))
        log.warning("events_retried", consumer=durable, count=len(messages))
        for message in messages:
            await message.nak(delay=_RETRY_SECONDS)

    async def close(self) -> None:
        """Flushes and closes."""
        self.ready.clear()
        if self._client.is_connected:
            with contextlib.suppress(NatsError, TimeoutError, OSError):  # closing: nothing is left to be saved
                await asyncio.wait_for(self._client.drain(), timeout=2)
        else:
            with contextlib.suppress(NatsError, OSError):  # as above
                await self._client.close()

    @property
    def client(self) -> Client:
        """The raw connection, for key-value buckets."""
        return self._client


async def ensure_stream(stream: JetStreamContext) -> None:
    """Makes the stream of events where it is missing."""
    config = StreamConfig(
        name=STREAM,
        subjects=[f"{SUBJECT_PREFIX}.>"],
        retention=RetentionPolicy.LIMITS,
        max_age=_RETENTION_SECONDS,
        duplicate_window=_DUPLICATE_WINDOW_SECONDS,
    )
    try:
        await stream.stream_info(STREAM)
    except nats.js.errors.NotFoundError:
        await stream.add_stream(config)


async def _readable(messages: Sequence[Msg]) -> list[Msg]:
    """Those that hold an event. What does not is nobody's: it would come again for ever."""
    events = []
    for message in messages:
        try:
            decode_event(message.data)
        except msgspec.DecodeError:
            log.error("event_unreadable", subject=message.subject)
            await message.term()
        else:
            events.append(message)
    return events
