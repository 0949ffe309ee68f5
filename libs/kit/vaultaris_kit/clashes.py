"""Unique names: a clash that PostgreSQL found becomes a 409 that says which field is taken."""

from collections.abc import Mapping

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from vaultaris_kit.errors import Conflict


async def flush_or_clash(session: AsyncSession, messages: Mapping[str, str]) -> None:
    """Writes what is pending. ``messages`` maps constraint names to what the caller is told.

    Raises :class:`Conflict`; the transaction is over then.
    """
    try:
        await session.flush()
    except IntegrityError as fault:
        constraint = str(getattr(getattr(fault.orig, "__cause__", None), "constraint_name", None))
        if constraint in messages:
            raise Conflict(messages[constraint]) from fault
        raise
