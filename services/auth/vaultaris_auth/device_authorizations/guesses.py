"""A bound on guessing user codes (RFC 8628 section 5.1)."""

from datetime import timedelta
from math import ceil
from typing import Final
from uuid import UUID

from sqlalchemy import case, delete, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from vaultaris_auth.device_authorizations.models import CodeGuesses
from vaultaris_kit.errors import RateLimited
from vaultaris_kit.ids import now

MAX_WRONG: Final = 10
WINDOW: Final = timedelta(minutes=10)


async def take_guess(session: AsyncSession, tenant_id: UUID, guesser: bytes) -> None:
    """One guess more, taken for a wrong one until :func:`give_back`. Raises :class:`RateLimited` when none is left.

    One statement counts and decides, so that many guesses at once are no more than as many one after the other: whoever
    comes second waits for the first's transaction. The window begins anew when the last one is over.
    """
    at = now()
    made = insert(CodeGuesses).values(tenant_id=tenant_id, guesser=guesser, wrong=1, since=at)
    over = CodeGuesses.since <= at - WINDOW
    statement = made.on_conflict_do_update(
        index_elements=["tenant_id", "guesser"],
        set_={
            "wrong": case((over, 1), else_=CodeGuesses.wrong + 1),
            "since": case((over, at), else_=CodeGuesses.since),
        },
        where=or_(over, CodeGuesses.wrong < MAX_WRONG),
    )
    if (await session.execute(statement.returning(CodeGuesses.wrong))).first() is None:
        raise await _refusal(session, tenant_id, guesser)


async def give_back(session: AsyncSession, tenant_id: UUID, guesser: bytes) -> None:
    """The guess of this transaction was right."""
    statement = update(CodeGuesses).where(CodeGuesses.tenant_id == tenant_id, CodeGuesses.guesser == guesser)
    await session.execute(statement.values(wrong=CodeGuesses.wrong - 1))


async def _refusal(session: AsyncSession, tenant_id: UUID, guesser: bytes) -> RateLimited:
    query = select(CodeGuesses.since).where(CodeGuesses.tenant_id == tenant_id, CodeGuesses.guesser == guesser)
    left = (await session.execute(query)).scalar_one() + WINDOW - now()
    seconds = max(1, ceil(left.total_seconds()))
    return RateLimited("Too many wrong codes; try again later.", headers={"Retry-After": str(seconds)})


async def delete_expired(session: AsyncSession) -> None:
    """Forgets guesses that bound nobody any more."""
    await session.execute(delete(CodeGuesses).where(CodeGuesses.since < now() - WINDOW))
