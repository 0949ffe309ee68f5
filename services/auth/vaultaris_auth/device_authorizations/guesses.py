"""A bound on guessing user codes (RFC 8628 section 5.1)."""

from datetime import timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import case, delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from vaultaris_auth.device_authorizations.models import CodeGuesses
from vaultaris_kit.errors import RateLimited
from vaultaris_kit.ids import now

MAX_WRONG: Final = 10
WINDOW: Final = timedelta(minutes=10)


async def check_guesses(session: AsyncSession, tenant_id: UUID, guesser: bytes) -> None:
    """Raises :class:`RateLimited` for somebody who has typed too many wrong codes lately."""
    query = select(CodeGuesses).where(CodeGuesses.tenant_id == tenant_id, CodeGuesses.guesser == guesser)
    known = await session.scalar(query)
    if known is not None and known.wrong >= MAX_WRONG and (left := known.since + WINDOW - now()) > timedelta():
        raise RateLimited(
            "Too many wrong codes; try again later.", headers={"Retry-After": str(int(left.total_seconds()) + 1)}
        )


async def count_wrong(session: AsyncSession, tenant_id: UUID, guesser: bytes) -> None:
    """One wrong code more; the window begins anew when the last one is over."""
    at = now()
    made = insert(CodeGuesses).values(tenant_id=tenant_id, guesser=guesser, wrong=1, since=at)
    over = CodeGuesses.since < at - WINDOW
    statement = made.on_conflict_do_update(
        index_elements=["tenant_id", "guesser"],
        set_={
            "wrong": case((over, 1), else_=CodeGuesses.wrong + 1),
            "since": case((over, at), else_=CodeGuesses.since),
        },
    )
    await session.execute(statement)


async def delete_expired(session: AsyncSession) -> None:
    """Forgets guesses that bound nobody any more."""
    await session.execute(delete(CodeGuesses).where(CodeGuesses.since < now() - WINDOW))
