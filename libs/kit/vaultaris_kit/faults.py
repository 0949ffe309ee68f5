"""What PostgreSQL, its driver and SQLAlchemy raise, and what becomes of it."""

import asyncpg
from sqlalchemy.dialects.postgresql.asyncpg import AsyncAdapt_asyncpg_dbapi
from sqlalchemy.exc import DBAPIError, IntegrityError, InterfaceError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm.exc import StaleDataError

from vaultaris_kit.errors import Conflict, PreconditionFailed, Unavailable

_OUTAGE_STATES = ("08", "57P", "53", "40")
"""SQLSTATE classes of a lost connection, shutdown, exhausted resources, and conflicts worth a retry."""

_ADAPTER_ERROR = AsyncAdapt_asyncpg_dbapi.Error
FAULTS = (
    DBAPIError, _ADAPTER_ERROR, PoolTimeout, StaleDataError, asyncpg.PostgresError, asyncpg.InterfaceError, OSError,
)  # fmt: skip
"""What the driver raises, or SQLAlchemy above it, or what stands between the two."""


def translate(fault: Exception) -> Exception:
    """The public error of a driver's fault; whatever is unknown stays what it is and ends as a 500."""
    if isinstance(fault, StaleDataError):
        return PreconditionFailed()
    if isinstance(fault, IntegrityError):
        return Conflict(code="conflict")
    if isinstance(fault, (PoolTimeout, InterfaceError, asyncpg.InterfaceError, OSError)):
        return Unavailable()
    if isinstance(fault, asyncpg.IntegrityConstraintViolationError):
        return Conflict(code="conflict")
    cause = fault.orig if isinstance(fault, DBAPIError) else fault
    state = str(getattr(cause, "sqlstate", None) or "")
    if state.startswith(_OUTAGE_STATES) or (isinstance(fault, DBAPIError) and fault.connection_invalidated):
        return Unavailable()
    return fault
