"""What can be revoked, and the key that says so in the table and in the live set."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal
from uuid import UUID

from vaultaris_kit.errors import BadRequest
from vaultaris_kit.revocation import (
    api_key_key,
    client_key,
    session_key,
    signing_key_key,
    tenant_key,
    token_key,
    user_key,
)

Subject = Literal["token", "session", "user", "client", "tenant", "api_key", "key"]

_KEY: Final[dict[Subject, Callable[[str], str]]] = {
    "token": token_key,
    "session": session_key,
    "user": user_key,
    "client": client_key,
    "tenant": tenant_key,
    "api_key": api_key_key,
    "key": signing_key_key,
}

CLIENT_ID: Final = re.compile(r"[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*")
"""A ``client_id`` is part of a key of the live set, which allows no other characters."""


MAX_TOKENS: Final = 1000
"""How many access tokens are revoked one by one at a time; of whoever has more, the sessions are."""


@dataclass(frozen=True, slots=True)
class Mark:
    """Everything of ``subject`` ``id`` that was issued up to ``at_ms`` (milliseconds since the epoch) is revoked.

    A client is named by its ``client_id``, a signing key by its ``kid``, all else by UUID. ``at_ms`` 0 means now. An
    access token, a session and an API key end for good, and what a key has signed is revoked however it is dated.
    """

    subject: Subject
    id: str
    at_ms: int = 0

    @property
    def key(self) -> str:
        """The key of the table and of the live set."""
        return _KEY[self.subject](self.id)


def parse_mark(subject: Subject, subject_id: str, at_ms: int) -> Mark:
    """A mark from outside. Raises :class:`BadRequest` for an id that can't be one."""
    if subject == "client":
        if CLIENT_ID.fullmatch(subject_id) is None:
            raise BadRequest("A client is revoked by its client_id.")
        return Mark(subject, subject_id, at_ms)
    try:
        return Mark(subject, str(UUID(subject_id)), at_ms)
    except ValueError as fault:
        raise BadRequest(f"A {subject} is revoked by its UUID.") from fault
