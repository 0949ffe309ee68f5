"""When users signed in last: gathered for a moment and written together, so that no sign-in waits for it."""

import asyncio
from datetime import datetime
from typing import Final
from uuid import UUID

from vaultaris_directory.passwords.statements import note_sign_ins
from vaultaris_kit.database import Database
from vaultaris_kit.errors import VaultarisError
from vaultaris_kit.logs import get_logger

log = get_logger(__name__)

_GATHER_SECONDS: Final = 0.5
_MAX_WAITING: Final = 20_000


class LastSignIns:
    """At most 20,000 users wait; further ones keep their old time. A process that is killed loses its last ones."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._waiting: dict[UUID, datetime] = {}
        self._news = asyncio.Event()

    def note(self, user_id: UUID, at: datetime) -> None:
        """A sign-in; nothing is written yet."""
        if len(self._waiting) < _MAX_WAITING:
            self._waiting[user_id] = at
            self._news.set()

    async def run(self) -> None:
        """Writes until cancelled, and once more then."""
        try:
            while True:
                await self._news.wait()
                await asyncio.sleep(_GATHER_SECONDS)
                await self.flush()
        finally:
            await self.flush()

    async def flush(self) -> None:
        """Writes what has gathered; what can't be written now is kept."""
        self._news.clear()
        told, self._waiting = self._waiting, {}
        if not told:
            return
        try:
            await note_sign_ins(self._database, told)
        except (VaultarisError, asyncio.CancelledError) as fault:
            self._waiting = told | self._waiting
            self._news.set()
            if isinstance(fault, asyncio.CancelledError):
                raise
            log.warning("sign_ins_wait", count=len(told), reason=type(fault).__name__)
