"""The pool of connections to PostgreSQL, and what it is told of them."""

import time
from typing import Any

from sqlalchemy import event
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from vaultaris_kit.connecting import ENGINE, connect_args
from vaultaris_kit.settings import Settings


def create_engine(settings: Settings, schema: str) -> AsyncEngine:
    """A pool of one service's connections. Transactions on them are begun and ended by the Database alone."""
    engine = create_async_engine(
        ENGINE,
        pool_size=settings.database_max_connections,
        max_overflow=0,
        pool_timeout=settings.database_acquire_timeout_secs,
        pool_pre_ping=False,
        pool_recycle=1800,
        pool_use_lifo=True,
        connect_args=connect_args(settings, schema),
    )
    for moment, listener in (
        ("connect", _begin_none),
        ("checkout", _require_open),
        ("checkin", _require_no_transaction),
        ("before_cursor_execute", _note_question),
        ("after_cursor_execute", _note_answer),
    ):
        event.listen(engine.sync_engine, moment, listener)
    return engine


def _require_open(connection: Any, _record: Any, _proxy: Any) -> None:
    """Has the pool put a new connection in the place of one that the server has closed.

    Statements go to the driver directly, so nobody else tells the pool what became of its connections.
    """
    if connection.driver_connection.is_closed():
        raise DisconnectionError


def _begin_none(connection: Any, _record: Any) -> None:
    """Transactions are begun and ended here, by :func:`_scoped`; SQLAlchemy's first questions had one of their own."""
    connection.autocommit = True


def _note_question(connection: Any, *_: Any) -> None:
    """SQLAlchemy asks through statements that it has prepared, of which the connection itself knows nothing."""
    connection.connection.driver_connection.asked = time.monotonic()


def _note_answer(connection: Any, *_: Any) -> None:
    connection.connection.driver_connection.asked = None


def _require_no_transaction(connection: Any, record: Any) -> None:
    """The last guard: a connection never goes back to the pool with somebody's transaction, and scope, still open."""
    if connection is not None and connection.driver_connection.is_in_transaction():
        record.invalidate()
