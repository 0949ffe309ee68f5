"""Reading the requests of other services."""

from uuid import UUID

from vaultaris_kit.errors import NotFound


def id_of(value: str) -> UUID:
    """The id in a request. What is no UUID names nothing: raises :class:`NotFound`."""
    try:
        return UUID(value)
    except ValueError as fault:
        raise NotFound from fault
