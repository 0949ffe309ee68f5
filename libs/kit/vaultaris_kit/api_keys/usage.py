"""How often keys are used, counted in memory and told every few seconds: no call pays with a write."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Final
from uuid import UUID

from vaultaris.auth.v1.auth_pb2 import ApiKeyUse
from vaultaris_kit.errors import VaultarisError
from vaultaris_kit.logs import get_logger

log = get_logger(__name__)

MAX_BATCH: Final = 1000
_FLUSH_SECONDS: Final = 3.0
_MAX_WAITING: Final = 20_000


class Usage:
    """At most 20,000 keys wait at a time; uses of further ones are not counted until the next flush."""

    def __init__(self, record: Callable[[Sequence[ApiKeyUse]], Awaitable[None]]) -> None:
        self._record = record
        self._waiting: dict[UUID, ApiKeyUse] = {}
        self._uncounted = 0

    def count(self, key_id: UUID) -> None:
        """One use, now."""
        use = self._waiting.get(key_id)
        if use is None:
            if len(self._waiting) >= _MAX_WAITING:
                self._uncounted += 1
                return
            use = self._waiting[key_id] = ApiKeyUse(id=str(key_id))
        use.count += 1
        use.last_used_ms = int(time.time() * 1000)

    async def run(self) -> None:
        """Flushes until cancelled, and once more then."""
        try:
            while True:
                await asyncio.sleep(_FLUSH_SECONDS)
                await self.flush()
        finally:
            await self.flush()

    async def flush(self) -> None:
        """Tells what has been counted; what can't be told now is kept."""
        if self._uncounted:
            log.warning("api_key_uses_uncounted", count=self._uncounted)
            self._uncounted = 0
        told = list(self._waiting)
        for start in range(0, len(told), MAX_BATCH):
            batch = {key_id: self._waiting.pop(key_id) for key_id in told[start : start + MAX_BATCH]}
            try:
                await self._record(list(batch.values()))
            except VaultarisError as fault:
                self._keep(batch)
                log.warning("api_key_uses_wait", reason=type(fault).__name__)
                return
            except asyncio.CancelledError:
                self._keep(batch)
                raise

    def _keep(self, batch: dict[UUID, ApiKeyUse]) -> None:
        for key_id, use in batch.items():
            newer = self._waiting.setdefault(key_id, use)
            if newer is not use:
                newer.count += use.count
