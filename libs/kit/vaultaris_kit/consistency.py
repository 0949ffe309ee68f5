"""Consistency tokens: a write tells which events it made, and a later check can ask to be at least as fresh.

A token lists the ids of those events. Whoever keeps caches remembers which events it has heard of: a token that names
another one means that something held may be older than the write, and that the owner must be asked. Ids are UUIDv7,
so that a token dates itself; nothing is held for long enough to be older than an old token.
"""

import base64
import binascii
import time
from collections.abc import Sequence
from contextvars import ContextVar
from typing import Final
from uuid import UUID

from vaultaris_kit.errors import Invalid
from vaultaris_kit.ids import created_ms

HEADER: Final = "Vaultaris-Consistency-Token"
MAX_TOKEN_CHARS: Final = 400
SETTLED_SECONDS: Final = 90.0
"""After that no cache holds anything older: three times the bound of every cache, for clocks that disagree."""

_PREFIX: Final = "vct1."
_MAX_EVENTS: Final = 16
_GENERATION: Final = 50_000
_ID_BYTES: Final = 16

_made: ContextVar["list[UUID] | None"] = ContextVar("events_made", default=None)


def collect_events() -> list[UUID]:
    """From now on the ids of events that this task emits are noted in the list that is returned, for :func:`token_of`:
    of very many, the first few and the last.
    """
    made: list[UUID] = []
    _made.set(made)
    return made


def note_event(event_id: UUID) -> None:
    """Notes an event for whoever collects them."""
    made = _made.get()
    if made is not None:
        del made[_MAX_EVENTS:]
        made.append(event_id)


def token_of(events: Sequence[UUID]) -> str:
    """The token of a write that made ``events``. Of very many it names the last alone: that one is heard last, mostly,
    and a reader who hears of none asks the owner.
    """
    named = events if len(events) <= _MAX_EVENTS else events[-1:]
    kind = b"\x01" if len(events) <= _MAX_EVENTS else b"\x02"
    packed = kind + b"".join(event.bytes for event in named)
    return _PREFIX + base64.urlsafe_b64encode(packed).rstrip(b"=").decode()


def events_of(token: str, field: str = "at_least_as_fresh") -> tuple[Sequence[UUID], bool]:
    """The events that a token names, and whether those are all. Raises :class:`Invalid` for what is no token."""
    refusal = Invalid.field(field, "Must be a consistency token that a write has returned.", "consistency_token")
    if not token.startswith(_PREFIX) or len(token) > MAX_TOKEN_CHARS:
        raise refusal
    text = token.removeprefix(_PREFIX)
    try:
        packed = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as fault:
        raise refusal from fault
    body = packed[1:]
    if packed[:1] not in (b"\x01", b"\x02") or not body or len(body) % _ID_BYTES:
        raise refusal
    ids = [UUID(bytes=body[at : at + _ID_BYTES]) for at in range(0, len(body), _ID_BYTES)]
    return ids, packed[:1] == b"\x01"


class SeenEvents:
    """The events whose effects on this process's caches are done, as far as that matters: at least the last fifty
    thousand, in two generations. Nothing is remembered until somebody says that they will ask.
    """

    def __init__(self) -> None:
        self._keeps = False
        self._young: set[bytes] = set()
        self._old: set[bytes] = set()

    def keep(self) -> None:
        """Remembers events from now on; an earlier one counts as unheard."""
        self._keeps = True

    def add(self, event_id: UUID) -> None:
        if not self._keeps:
            return
        if len(self._young) >= _GENERATION:
            self._old, self._young = self._young, set()
        self._young.add(event_id.bytes)

    def __contains__(self, event_id: UUID) -> bool:
        return event_id.bytes in self._young or event_id.bytes in self._old

    def covers(self, token: str) -> bool:
        """Whether every cache is at least as fresh as the write of ``token``. Raises :class:`Invalid`."""
        events, complete = events_of(token)
        unheard = [event for event in events if event not in self] if complete else events
        return not any(map(_is_recent, unheard))


def _is_recent(event_id: UUID) -> bool:
    return created_ms(event_id) / 1000 > time.time() - SETTLED_SECONDS
