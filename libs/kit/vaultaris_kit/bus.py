"""NATS: publishing to JetStream, durable consumers, and what happens while the server is away.

The connection is made and kept in the background: a service starts and serves without NATS.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Iterator, Sequence
from typing import NamedTuple
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
from vaultaris_kit.consistency import SeenEvents
from vaultaris_kit.errors import Unavailable
from vaultaris_kit.events import STREAM, SUBJECT_PREFIX, Event, decode_events
from vaultaris_kit.logs import get_logger
from vaultaris_kit.metrics import EVENTS_CONSUMED
from vaultaris_kit.nats_client import NatsClient
from vaultaris_kit.observations import Message, Observations

log = get_logger(__name__)

PUBLISH_SECONDS = 3.0
_RECONNECT_SECONDS = 0.5
_PING_SECONDS = 1
"""A server that hangs is away after three: by then no cache may go on as if it had heard of everything."""
NOTICED_SECONDS = 4.0
"""By then every process has noticed."""
_MAX_DELIVER = -1
_ACK_WAIT_SECONDS = 30
_FETCH_SECONDS = 5.0
_RETRY_SECONDS = 1
_HANDLED_EVENTS = 1_000
"""The most that a handler is given at once, unless a single message carries more."""
_DUPLICATE_WINDOW_SECONDS = 600
_RETENTION_SECONDS = 7 * 86400

EventHandler = Callable[[Sequence[Event]], Awaitable[None]]
"""Takes a batch. Returning acknowledges it; raising has it delivered again."""


class _Delivery(NamedTuple):
    """A message and the events in it."""

    message: Msg
    events: list[Event]


class Bus:
    """One connection to NATS, with JetStream."""

    def __init__(self, urls: str, name: str, *, replicas: int = 1, tracing: bool = False, ca: str = "") -> None:
        """``ca`` is a file of authorities for servers over TLS."""
        self._tracing = tracing
        self.replicas = replicas
        """How many servers of a cluster keep each stream and bucket."""
        self._servers = [url.strip() for url in urls.split(",") if url.strip()]
        self._name = name
        self._client = NatsClient(ca)
        self.stream: JetStreamContext = self._client.jetstream(timeout=PUBLISH_SECONDS)
        self.ready = asyncio.Event()
        """Set while connected, with the stream there."""
        self.on_gap: list[Callable[[], None]] = []
        """Called whenever messages may have been missed: caches drop what they hold."""
        self._observations = Observations(self._publish_in_order)
        self.seen = SeenEvents()
        """Events whose effects on the caches of decisions are done; the caches tell."""

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
        await self._observations.run(self.ready)

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
                    ping_interval=_PING_SECONDS,
                    max_outstanding_pings=2,
                    disconnected_cb=self._on_disconnected,
                    reconnected_cb=self._on_reconnected,
                    error_cb=self._on_error,
                ),
                timeout=5,
            )
        await ensure_stream(self.stream, replicas=self.replicas)
        self.ready.set()

    async def _on_disconnected(self) -> None:
        self.ready.clear()
        log.warning("nats_disconnected")

    async def _on_reconnected(self) -> None:
        with contextlib.suppress(NatsError, APIError, TimeoutError):  # the next reconnect tries again
            await ensure_stream(self.stream, replicas=self.replicas)
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
        self._observations.add(Message(event.subject(service), payload, str(event.id)))

    async def _publish_in_order(self, messages: Sequence[Message]) -> None:
        """JetStream stores what one connection sends in order, so its word on the last message is word on all."""
        *others, last = messages
        for subject, payload, message_id in others:
            await self._client.publish(subject, payload, headers={"Nats-Msg-Id": message_id})
        await self.publish(*last)

    async def listen(self, subjects: Sequence[str], callback: Callable[[Event], None]) -> None:
        """Calls back for each live event, from now on; gaps are announced through ``on_gap``. For caches."""

        async def take(message: Msg) -> None:
            for event in decode_events(message.data):
                callback(event)

        await self.ready.wait()
        for subject in subjects:
            await self._client.subscribe(f"{SUBJECT_PREFIX}.{subject}", cb=take)
        with contextlib.suppress(NatsError, TimeoutError):  # lost meanwhile: coming back is a gap, which is announced
            await self._client.flush()  # what is published from here on is heard

    async def consume(
        self, durable: str, subjects: Sequence[str], handler: EventHandler, *, batch: int = 100, pause: float = 0.0
    ) -> None:
        """Feeds ``handler`` with every event of ``subjects``, at least once, in batches, until cancelled.

        The replicas of a service share the durable consumer's name and so the work. A batch whose
        handler raises is delivered again after a pause; handlers are idempotent by the event's id.
        ``pause`` is how many seconds to let further events gather after a batch: a first event is never kept
        waiting, but a stream of them costs less.
        """
        wanted = [f"{SUBJECT_PREFIX}.{subject}" for subject in subjects]
        while True:
            try:
                await self.ready.wait()
                await self._consume(durable, wanted, handler, batch, pause)
            except (NatsError, APIError, TimeoutError, OSError) as fault:
                log.warning("consumer_waits", consumer=durable, reason=type(fault).__name__)
                await asyncio.sleep(_RECONNECT_SECONDS)

    async def _consume(
        self, durable: str, subjects: list[str], handler: EventHandler, batch: int, pause: float
    ) -> None:
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
                for deliveries in _portions(await _readable(messages)):
                    await self._handle(durable, deliveries, handler)
                await asyncio.sleep(pause)
        finally:
            with contextlib.suppress(NatsError):  # the connection may be what ended the loop
                await subscription.unsubscribe()

    async def _handle(self, durable: str, deliveries: Sequence[_Delivery], handler: EventHandler) -> None:
        try:
            await self._feed([event for delivery in deliveries for event in delivery.events], handler)
        except Unavailable:  # none of them could be handled: trying each alone would only take longer
            await self._retry(durable, deliveries)
        except Exception as fault:  # any fault of a handler means: again, later
            if len(deliveries) > 1:  # so that one bad event does not hold up its neighbours
                for delivery in deliveries:
                    await self._handle(durable, [delivery], handler)
                return
            await self._handle_one_by_one(durable, deliveries[0], handler, fault)
        else:
            await self._settled(durable, deliveries)

    async def _handle_one_by_one(
        self, durable: str, delivery: _Delivery, handler: EventHandler, fault: Exception
    ) -> None:
        """The last resort: what can be handled is; the message comes again as long as anything in it was refused."""
        for event in delivery.events if len(delivery.events) > 1 else ():
            with contextlib.suppress(Exception):  # told below, once for the whole message
                await self._feed([event], handler)
        log.warning("event_refused", consumer=durable, exc_info=fault)
        await self._retry(durable, [delivery])

    async def _feed(self, events: list[Event], handler: EventHandler) -> None:
        with telemetry.consuming(events) if self._tracing else contextlib.nullcontext():
            await handler(events)

    async def _settled(self, durable: str, deliveries: Sequence[_Delivery]) -> None:
        EVENTS_CONSUMED.labels(durable, "done").inc(sum(len(delivery.events) for delivery in deliveries))
        for delivery in deliveries:
            await delivery.message.ack()

    async def _retry(self, durable: str, deliveries: Sequence[_Delivery]) -> None:
        count = sum(len(delivery.events) for delivery in deliveries)
        EVENTS_CONSUMED.labels(durable, "retried").inc(count)
        log.warning("events_retried", consumer=durable, count=count)
        for delivery in deliveries:
            await delivery.message.nak(delay=_RETRY_SECONDS)

    async def close(self) -> None:
        """Sends what still waits, and closes."""
        if self.connected:
            await self._observations.flush()
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


async def ensure_stream(stream: JetStreamContext, *, replicas: int = 1) -> None:
    """Makes the stream of events where it is missing, and has it kept as many times as wanted."""
    config = StreamConfig(
        name=STREAM,
        subjects=[f"{SUBJECT_PREFIX}.>"],
        retention=RetentionPolicy.LIMITS,
        max_age=_RETENTION_SECONDS,
        duplicate_window=_DUPLICATE_WINDOW_SECONDS,
        num_replicas=replicas,
    )
    try:
        await keep_copies(stream, STREAM, replicas)
    except nats.js.errors.NotFoundError:
        await stream.add_stream(config)


async def keep_copies(stream: JetStreamContext, name: str, replicas: int) -> None:
    """Has a stream that exists kept by so many servers. Raises NotFoundError when there is none."""
    config = (await stream.stream_info(name)).config
    if config.num_replicas != replicas:
        config.num_replicas = replicas
        await stream.update_stream(config)
        log.info("nats_copies", stream=name, replicas=replicas)


def _portions(deliveries: Sequence[_Delivery]) -> Iterator[list[_Delivery]]:
    """Whole messages, as many as a handler is given at once."""
    portion: list[_Delivery] = []
    count = 0
    for delivery in deliveries:
        if portion and count + len(delivery.events) > _HANDLED_EVENTS:
            yield portion
            portion, count = [], 0
        portion.append(delivery)
        count += len(delivery.events)
    if portion:
        yield portion


async def _readable(messages: Sequence[Msg]) -> list[_Delivery]:
    """Those that hold events. What does not is nobody's: it would come again for ever."""
    deliveries = []
    for message in messages:
        try:
            deliveries.append(_Delivery(message, decode_events(message.data)))
        except msgspec.DecodeError:
            log.error("event_unreadable", subject=message.subject)
            await message.term()
    return deliveries
