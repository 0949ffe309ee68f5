"""Moments in queries."""

from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator


def _in_utc(moment: datetime) -> datetime:
    """The moment in UTC, which is also meant when no offset is given."""
    if moment.tzinfo is None:
        return moment.replace(tzinfo=UTC)
    try:
        return moment.astimezone(UTC)
    except OverflowError as fault:
        raise ValueError("lies outside the years 1 to 9999") from fault


Moment = Annotated[datetime, AfterValidator(_in_utc)]
"""RFC 3339; without an offset UTC is meant."""
