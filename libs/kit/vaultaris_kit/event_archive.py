"""Events on their way, kept in a file and put back: what a backup needs beside the database.

    NATS_URL=… python -m vaultaris_kit.event_archive save|load FILE

An event that a service has committed waits in that service's outbox, then in JetStream until its consumers have
stored it. Save the stream after the database: what is then in both is recognised by its id and stored once.
"""

import asyncio
import base64
import gzip
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec
import nats
from nats.errors import TimeoutError as NatsTimeout
from nats.js import JetStreamContext
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy
from nats.js.errors import NotFoundError

from vaultaris_kit.bus import ensure_stream
from vaultaris_kit.events import STREAM, SUBJECT_PREFIX

_BATCH = 200
_WAIT_SECONDS = 5.0
_MESSAGE_ID = "Nats-Msg-Id"


class Archived(msgspec.Struct, frozen=True):
    """One message. ``data`` is base64 of its body."""

    subject: str
    id: str
    data: str


_decode = msgspec.json.Decoder(Archived).decode


async def save_events(url: str, path: Path) -> int:
    """Writes every event that the stream holds now, oldest first, as gzipped lines of JSON; returns how many."""
    client = await nats.connect(url, connect_timeout=3, max_reconnect_attempts=3)
    try:
        private = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(private, "wb") as raw, gzip.GzipFile(fileobj=raw, mode="wb") as file:
            return await _save(client.jetstream(), file)
    finally:
        await client.close()


async def _save(stream: JetStreamContext, file: gzip.GzipFile) -> int:
    try:
        last = (await stream.stream_info(STREAM)).state.last_seq
    except NotFoundError:
        return 0
    config = ConsumerConfig(deliver_policy=DeliverPolicy.ALL, ack_policy=AckPolicy.NONE, inactive_threshold=60)
    subscription = await stream.pull_subscribe(f"{SUBJECT_PREFIX}.>", stream=STREAM, config=config)
    count = 0
    while True:
        try:
            messages = await subscription.fetch(_BATCH, timeout=_WAIT_SECONDS)
        except NatsTimeout:
            return count  # the end of the stream was deleted meanwhile
        for message in messages:
            if message.metadata.sequence.stream > last:
                return count
            kept = Archived(
                message.subject, (message.headers or {}).get(_MESSAGE_ID, ""), base64.b64encode(message.data).decode()
            )
            file.write(msgspec.json.encode(kept) + b"\n")
            count += 1
            if message.metadata.sequence.stream == last:
                return count


async def load_events(url: str, path: Path) -> int:
    """Publishes what :func:`save_events` wrote, in its order; returns how many. Consumers know events by their id."""
    client = await nats.connect(url, connect_timeout=3, max_reconnect_attempts=3)
    try:
        stream = client.jetstream(timeout=_WAIT_SECONDS)
        await ensure_stream(stream)
        count = 0
        for kept in _read(path):
            headers = {_MESSAGE_ID: kept.id} if kept.id else None
            await stream.publish(kept.subject, base64.b64decode(kept.data), headers=headers)
            count += 1
        return count
    finally:
        await client.close()


def _read(path: Path) -> Iterator[Archived]:
    with gzip.open(path, "rb") as file:
        for line in file:
            yield _decode(line)


def main() -> int:
    """``save FILE`` or ``load FILE``; 2 for anything else."""
    match sys.argv[1:]:
        case [("save" | "load") as verb, name]:
            work = save_events if verb == "save" else load_events
            count = asyncio.run(work(os.environ["NATS_URL"], Path(name)))
            sys.stdout.write(f"{verb}: {count} events\n")
            return 0
        case _:
            sys.stderr.write("usage: python -m vaultaris_kit.event_archive save|load FILE\n")
            return 2


if __name__ == "__main__":
    sys.exit(main())
