"""``Idempotency-Key`` on creates: a client that heard no answer may send the same request again.

The first request with a key reserves it, runs, and has its answer stored, sealed, because it may hold a
secret that is shown once. The same request again within 24 hours gets that answer; another request
with the same key is refused. A refused or failed request frees its key.
"""

import hashlib
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import LargeBinary, delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from starlette.responses import Response

from vaultaris_kit.crypto import Sealer
from vaultaris_kit.database import Database
from vaultaris_kit.errors import Conflict, Invalid
from vaultaris_kit.ids import now
from vaultaris_kit.principal import Principal

MAX_KEY_CHARS = 255
KEEP = timedelta(hours=24)
_ABANDONED = timedelta(seconds=60)
_PURPOSE = "idempotency"


class IdempotencyRow:
    """Columns of the table ``idempotency_keys``. ``status`` is null while the first request still runs."""

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    principal_id: Mapped[UUID] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    fingerprint: Mapped[bytes] = mapped_column(LargeBinary)
    status: Mapped[int | None]
    body: Mapped[bytes | None] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(index=True)


def idempotency_table(base: type[DeclarativeBase]) -> Any:
    """The table of one service, in its own schema."""
    return type("IdempotencyKey", (IdempotencyRow, base), {"__tablename__": "idempotency_keys"})


class Idempotency:
    """Runs creates once per key."""

    def __init__(self, database: Database, table: Any, sealer: Sealer) -> None:
        self._database, self._table, self._sealer = database, table, sealer

    async def run(
        self, key: str, principal: Principal, request: bytes, handle: Callable[[], Awaitable[Response]]
    ) -> Response:
        """The answer to ``request`` (method, path and body): a stored one, or that of ``handle``.

        Raises :class:`Invalid` for a key that was used for another request, :class:`Conflict` while the first one
        is still under way.
        """
        if not 0 < len(key) <= MAX_KEY_CHARS:
            raise Invalid.field("Idempotency-Key", f"Must have 1 to {MAX_KEY_CHARS} characters.")
        identity = {"tenant_id": principal.tenant_id, "principal_id": principal.id, "key": key}
        stored = await self._reserve(identity, hashlib.sha256(request).digest())
        if stored is not None:
            return stored
        try:
            response = await handle()
        except Exception:
            await self._free(identity)
            raise
        await self._store(identity, response)
        return response

    async def _reserve(self, identity: dict[str, Any], fingerprint: bytes) -> Response | None:
        async with self._database.tenant(identity["tenant_id"]) as session:
            table, moment = self._table, now()
            await session.execute(
                delete(table).where(
                    table.tenant_id == identity["tenant_id"],
                    (table.created_at < moment - KEEP)
                    | (table.status.is_(None) & (table.created_at < moment - _ABANDONED)),
                )
            )
            row = {**identity, "fingerprint": fingerprint, "created_at": moment}
            made = await session.execute(insert(table).values(row).on_conflict_do_nothing().returning(table.key))
            if made.scalar_one_or_none() is not None:
                return None
            return self._replay((await session.execute(select(table).filter_by(**identity))).scalar_one(), fingerprint)

    def _replay(self, row: Any, fingerprint: bytes) -> Response:
        if row.fingerprint != fingerprint:
            raise Invalid.field("Idempotency-Key", "This key was used for another request.", "key_reused")
        if row.status is None:
            raise Conflict("The first request with this Idempotency-Key is still under way.")
        body = self._sealer.open(row.body, _PURPOSE)
        headers = {"Idempotent-Replayed": "true"}
        return Response(body, row.status, headers, media_type="application/json")

    async def _store(self, identity: dict[str, Any], response: Response) -> None:
        sealed = self._sealer.seal(bytes(response.body), _PURPOSE)
        async with self._database.tenant(identity["tenant_id"]) as session:
            await session.execute(
                update(self._table).filter_by(**identity).values(status=response.status_code, body=sealed)
            )

    async def _free(self, identity: dict[str, Any]) -> None:
        async with self._database.tenant(identity["tenant_id"]) as session:
            await session.execute(delete(self._table).filter_by(**identity))
