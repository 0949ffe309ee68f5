"""Statements over the table of revocations. Plain SQL: some of them stand in the way of a request."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.types import BigInteger, Integer, Text

from vaultaris_kit.database import AnySession
from vaultaris_kit.revocation_asks import Question


class Stored(NamedTuple):
    """A revocation as it stands in the table."""

    key: str
    at_ms: int


_KEYS = bindparam("keys", type_=ARRAY(Text()))

_RAISE = text("""
    INSERT INTO auth.revocations AS r (key, tenant_id, at_ms, reason, expires_at, announced)
    VALUES (:key, :tenant_id, :at_ms, :reason, :expires_at, false)
    ON CONFLICT (key) DO UPDATE
       SET at_ms = excluded.at_ms, reason = excluded.reason, expires_at = excluded.expires_at, announced = false
     WHERE r.at_ms < excluded.at_ms
""")
_WAITING_OF = text("SELECT key, at_ms FROM auth.revocations WHERE key = ANY(:keys) AND NOT announced").bindparams(_KEYS)
_WAITING = text("""
    SELECT key, at_ms FROM auth.revocations WHERE NOT announced AND key > :after ORDER BY key LIMIT :limit
""")
_ANNOUNCED = text("UPDATE auth.revocations SET announced = true WHERE key = :key AND at_ms = :at_ms")
_LIVE = text("""
    SELECT key, at_ms FROM auth.revocations WHERE expires_at > now() AND key > :after ORDER BY key LIMIT :limit
""")
_COVERS = text("""
    SELECT 1 FROM auth.revocations WHERE key = ANY(:keys) AND at_ms >= :issued_ms LIMIT 1
""").bindparams(_KEYS)
_COVERS_EACH = text("""
    SELECT DISTINCT asked.number FROM unnest(:numbers, :keys, :issued) AS asked (number, key, issued_ms)
      JOIN auth.revocations r ON r.key = asked.key AND r.at_ms >= asked.issued_ms
""").bindparams(bindparam("numbers", type_=ARRAY(Integer())), _KEYS, bindparam("issued", type_=ARRAY(BigInteger())))


def expired_marks(subject: str) -> str:
    """Which rows ``r`` are marks of a kind of subject that nothing asks for any more."""
    return f"r.expires_at <= now() AND r.key LIKE '{subject}.%'"


def marked_id(subject: str) -> str:
    """The id that the key of such a row names."""
    return f"CAST(CASE WHEN r.key LIKE '{subject}.%' THEN substr(r.key, {len(subject) + 2}) END AS uuid)"


_EXPIRED = text("DELETE FROM auth.revocations WHERE expires_at <= now()")


async def raise_marks(
    session: AnySession, tenant_id: UUID, marks: Iterable[Stored], *, reason: str, expires_at: datetime
) -> None:
    """Stores the marks; one that is there already only ever moves forward in time."""
    rows = [
        {"key": key, "tenant_id": tenant_id, "at_ms": at_ms, "reason": reason, "expires_at": expires_at}
        for key, at_ms in sorted(marks)  # in one order for everybody, so that nobody deadlocks
    ]
    await session.execute(_RAISE, rows)


async def waiting_of(session: AnySession, keys: Sequence[str]) -> list[Stored]:
    """Those of ``keys`` that were not announced yet."""
    return [Stored(*row) for row in await session.execute(_WAITING_OF, {"keys": list(keys)})]


async def waiting_after(session: AsyncSession, after: str, limit: int) -> list[Stored]:
    """Revocations of any tenant that were not announced yet, in the order of their keys, behind the key ``after``."""
    return [Stored(*row) for row in await session.execute(_WAITING, {"after": after, "limit": limit})]


async def set_announced(session: AsyncSession, marks: Sequence[Stored]) -> None:
    """Notes that the live set holds these very marks."""
    await session.execute(_ANNOUNCED, [mark._asdict() for mark in marks])


async def live_after(session: AsyncSession, after: str, limit: int) -> list[Stored]:
    """Revocations of any tenant that still matter, in the order of their keys, behind the key ``after``."""
    return [Stored(*row) for row in await session.execute(_LIVE, {"after": after, "limit": limit})]


async def covers(session: AsyncSession, keys: Iterable[str], issued_ms: int) -> bool:
    """Whether one of ``keys`` revokes a credential issued at ``issued_ms``."""
    return (await session.execute(_COVERS, {"keys": list(keys), "issued_ms": issued_ms})).first() is not None


async def covers_each(session: AsyncSession, questions: Sequence[Question]) -> list[bool]:
    """:func:`covers` for many credentials in one statement, in their order."""
    rows = [(number, key, each.issued_ms) for number, each in enumerate(questions) for key in each.keys]
    numbers, keys, issued = zip(*rows, strict=True) if rows else ((), (), ())
    found = await session.execute(_COVERS_EACH, {"numbers": list(numbers), "keys": list(keys), "issued": list(issued)})
    revoked = set(found.scalars())
    return [number in revoked for number in range(len(questions))]


async def delete_expired(session: AsyncSession) -> None:
    """Forgets revocations of credentials that have expired anyway."""
    await session.execute(_EXPIRED)
