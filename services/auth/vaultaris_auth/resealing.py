"""After a change of ``ENCRYPTION_KEY``: what older keys have sealed is sealed anew, so that they can be thrown away."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from cryptography.exceptions import InvalidTag
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from vaultaris_auth.clients.models import SECRET_PURPOSE
from vaultaris_auth.identity_providers.models import secret_purpose_of
from vaultaris_auth.keys.pairs import PURPOSE
from vaultaris_kit.crypto import Sealer
from vaultaris_kit.database import Database
from vaultaris_kit.logs import get_logger

log = get_logger(__name__)

_BATCH: Final = 100
_FIRST: Final = UUID(int=0)


@dataclass(frozen=True, slots=True)
class SealedColumn:
    """Where sealed values stand; ``purpose`` says what the value of the row with that id was sealed for."""

    table: str
    column: str
    purpose: Callable[[UUID], str]


COLUMNS: Final = (
    SealedColumn("signing_keys", "private_sealed", lambda _id: PURPOSE),
    SealedColumn("oauth_clients", "secret_sealed", lambda _id: SECRET_PURPOSE),
    SealedColumn("identity_providers", "client_secret_sealed", secret_purpose_of),
)
"""Every sealed column of this service but that of idempotent answers, which are gone after a day."""


async def reseal_all(database: Database, sealer: Sealer) -> int:
    """Seals everything under the current key, some rows at a time; returns how many were under another one."""
    total = 0
    for column in COLUMNS:
        after: UUID | None = _FIRST
        while after is not None:
            async with database.instance() as session:
                done, after = await _reseal_some(session, sealer, column, after)
            total += done
    if total:
        log.info("resealed", count=total)
    return total


def _opened(sealer: Sealer, row_id: UUID, sealed: bytes, purpose: str) -> dict[str, object] | None:
    """The row sealed anew; None when none of our keys opens it: one lost value must not stop the service."""
    try:
        return {"id": row_id, "sealed": sealer.seal(sealer.open(sealed, purpose), purpose)}
    except (InvalidTag, KeyError):
        log.error("sealed_by_unknown_key", id=str(row_id), purpose=purpose)
        return None


async def _reseal_some(
    session: AsyncSession, sealer: Sealer, column: SealedColumn, after: UUID
) -> tuple[int, UUID | None]:
    """How many of a batch behind ``after`` were sealed anew, and the last of it; None when there are no more.

    Rows that another replica has in hand are left to it. A value says in its bytes 2 to 5 which key sealed it.
    """
    table, name = f"auth.{column.table}", column.column
    rows = await session.execute(
        text(
            f"SELECT id, {name} FROM {table} WHERE substring({name} FROM 2 FOR 4) <> :key_id"  # noqa: S608 - our own names
            " AND id > :after ORDER BY id LIMIT :most FOR UPDATE SKIP LOCKED"
        ),
        {"key_id": sealer.key_id, "after": after, "most": _BATCH},
    )
    found = rows.tuples().all()
    opened = [_opened(sealer, row_id, sealed, column.purpose(row_id)) for row_id, sealed in found]
    fresh = [row for row in opened if row is not None]
    if fresh:
        await session.execute(text(f"UPDATE {table} SET {name} = :sealed WHERE id = :id"), fresh)  # noqa: S608 - as above
    return len(fresh), found[-1][0] if len(found) == _BATCH else None
