"""What can be limited and frozen."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement
from sqlalchemy.orm import InstrumentedAttribute, Mapped

from vaultaris_kit.errors import Forbidden

LICENCE_REASONS: Final = ("license_downgrade", "expiry")
"""Reasons that come and go with the licence. What is frozen for another one stays so until somebody thaws it."""

BY_ADMIN: Final = "admin_action"


class Freezable:
    """Columns of what can be frozen. The database itself notes ``frozen_at`` whenever the reason changes."""

    freeze_reason: Mapped[str | None]
    frozen_at: Mapped[datetime | None]


@dataclass(frozen=True)
class Capped:
    """A kind of rows that a licence may limit.

    ``resource`` is its name in licences (``users``), ``noun`` that in events (``user``). ``live`` are the conditions
    under which a row counts; ``first`` orders rows that are frozen last, before the older ones.
    """

    resource: str
    noun: str
    model: Any
    tenant: InstrumentedAttribute[Any]
    name: InstrumentedAttribute[Any]
    live: Sequence[ColumnElement[bool]] = ()
    first: Sequence[ColumnElement[Any]] = ()


def require_thawed(row: Freezable) -> None:
    """Raises :class:`Forbidden` for something that is frozen: it can be read and deleted, not changed."""
    refuse_frozen("This", row.freeze_reason)


def refuse_frozen(what: str, reason: str | None) -> None:
    """Raises :class:`Forbidden` when there is a reason why something, which ``what`` names, is frozen."""
    if reason:
        raise Forbidden(f"{what} is frozen ({reason}) and can't be changed.", code="resource_frozen")
