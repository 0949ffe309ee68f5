"""Reading the fields of requests, which gRPC does not validate."""

from uuid import UUID

from vaultaris_kit.errors import Invalid
from vaultaris_kit.ids import read_id


def id_in(field: str, value: str) -> UUID:
    """The id in a field. Raises :class:`Invalid` for what is none."""
    try:
        return read_id(value)
    except ValueError as fault:
        raise Invalid.field(field, "Must be a UUID.", "uuid") from fault
