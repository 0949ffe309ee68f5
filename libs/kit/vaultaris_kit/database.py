"""PostgreSQL: one engine a process, one transaction a unit of work, one tenant a transaction.

Row-level security is the second wall behind repositories: every transaction says which tenant it works
for, and the service's role sees no other rows. The transaction commits when the ``async with`` block
ends, in this one place; nothing else in the product commits.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from datetime import datetime
from functools import partial
from typing import Any, Final, TypeVar
from uuid import UUID

import asyncpg
from sqlalchemy import JSON, DateTime, Integer, MetaData, Text, TextClause, Uuid, event
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.dialects.postgresql.asyncpg import AsyncAdapt_asyncpg_dbapi
from sqlalchemy.exc import DBAPIError, DisconnectionError, IntegrityError, InterfaceError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import Mapped, declared_attr, mapped_column
from sqlalchemy.orm.exc import StaleDataError
from sqlalchemy.pool import PoolProxiedConnection

from vaultaris_kit.connecting import ENGINE, ask_who_is_busy, connect_args, knock
from vaultaris_kit.context import current_request
from vaultaris_kit.errors import Conflict, PreconditionFailed, Unavailable
from vaultaris_kit.ids import new_id, now
from vaultaris_kit.logs import get_logger
from vaultaris_kit.lost import ConnectionLost, LostConnections
from vaultaris_kit.plain import PlainRows, PlainSession, look
from vaultaris_kit.settings import Settings
from vaultaris_kit.silence import Silence
from vaultaris_kit.turns import Turns

log = get_logger(__name__)

AnySession = AsyncSession | PlainSession
"""For functions that execute ``text()`` statements and emit events, whatever the path."""

ALL_TENANTS = "*"
"""What row-level security takes for work that spans tenants; only :meth:`Database.instance` sets it."""

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

_OUTAGE_STATES = ("08", "57P", "53", "40")
"""SQLSTATE classes of a lost connection, shutdown, exhausted resources, and conflicts worth a retry."""

_ADAPTER_ERROR = AsyncAdapt_asyncpg_dbapi.Error
_FAULTS = (
    DBAPIError, _ADAPTER_ERROR, PoolTimeout, StaleDataError, asyncpg.PostgresError, asyncpg.InterfaceError, OSError,
)  # fmt: skip
"""What the driver raises, or SQLAlchemy above it, or what stands between the two."""

_FIRST_PAUSE_SECONDS = 0.02
_LONGEST_PAUSE_SECONDS = 0.25

_SPARE_CONNECTIONS = 3
"""How many dead ones in a row a transaction begins on before it gives up."""

Opened = TypeVar("Opened")


COLUMN_TYPES: Final[dict[Any, Any]] = {
    UUID: Uuid(as_uuid=True),
    datetime: DateTime(timezone=True),
    str: Text(),
    dict[str, Any]: JSONB().with_variant(JSON(), "sqlite"),
    list[Any]: JSONB(),
}
"""Which column type stands for which Python type; ``type_annotation_map`` of every service's base."""


def schema_metadata(schema: str) -> MetaData:
    """The metadata of one service, whose tables all live in its own schema.

    A base that a type checker can follow is written out::

        class Base(DeclarativeBase):
            metadata = schema_metadata("sessions")
            type_annotation_map = COLUMN_TYPES
    """
    return MetaData(schema=schema, naming_convention=NAMING)


class Row:
    """Columns of every resource table."""

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    created_at: Mapped[datetime] = mapped_column(default=now)
    updated_at: Mapped[datetime] = mapped_column(default=now, onupdate=now)


class TenantRow(Row):
    """A resource that belongs to exactly one tenant."""

    tenant_id: Mapped[UUID]


class Versioned:
    """Counts changes; two writers of one version clash instead of overwriting each other."""

    version: Mapped[int] = mapped_column(Integer, default=1)

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:  # noqa: N805 - SQLAlchemy calls it with the class
        return {"version_id_col": cls.version}


class SoftDeleted:
    """Deleted rows stay for restore and keep their unique names."""

    deleted_at: Mapped[datetime | None]


class Database:
    """The pool of one service and its two kinds of transaction."""

    def __init__(self, settings: Settings, schema: str) -> None:
        self.schema = schema
        self.engine = create_async_engine(
            ENGINE,
            pool_size=settings.database_max_connections,
            max_overflow=0,
            pool_timeout=settings.database_acquire_timeout_secs,
            pool_pre_ping=False,
            pool_recycle=1800,
            pool_use_lifo=True,
            connect_args=connect_args(settings, schema),
        )
        event.listen(self.engine.sync_engine, "checkout", _require_open)
        event.listen(self.engine.sync_engine, "connect", _begin_none)
        event.listen(self.engine.sync_engine, "checkin", _require_no_transaction)
        event.listen(self.engine.sync_engine, "before_cursor_execute", _note_question)
        event.listen(self.engine.sync_engine, "after_cursor_execute", _note_answer)
        self._pooler = settings.database_pooler == "transaction"
        self._return_secs = settings.database_return_secs
        self._idle = min(settings.database_min_connections, settings.database_max_connections)
        patience = settings.database_silence_secs
        lost = None if self._pooler else LostConnections(partial(ask_who_is_busy, settings, schema), patience / 2)
        self._silence = Silence(partial(knock, settings, schema), patience, lost)
        self._turns = Turns(settings.database_max_connections, self._silence, settings.database_acquire_timeout_secs)
        self._sessions = async_sessionmaker(self.engine, expire_on_commit=False)
        self.after_events: Callable[[], Awaitable[None]] = _nothing
        """Awaited after a commit that wrote events; the outbox relay puts itself here."""

    @asynccontextmanager
    async def tenant(self, tenant_id: UUID) -> AsyncIterator[AsyncSession]:
        """A transaction that sees one tenant's rows. Commits on leaving, rolls back on any exception."""
        async with self._transaction(_scope_of(tenant_id)) as session:
            yield session

    @asynccontextmanager
    async def instance(self) -> AsyncIterator[AsyncSession]:
        """A transaction over all tenants: look-ups that find the tenant, lists of tenants, housekeeping."""
        async with self._transaction(ALL_TENANTS) as session:
            yield session

    @asynccontextmanager
    async def _transaction(self, scope: str) -> AsyncIterator[AsyncSession]:
        async with self._patiently(lambda: self._mapped(scope)) as session:
            yield session
        if session.info.get("emitted"):
            await self.after_events()

    @asynccontextmanager
    async def hot(self, tenant_id: UUID | None) -> AsyncIterator[asyncpg.Connection]:
        """A transaction of one tenant (None: of all) on asyncpg's own connection, for the hot paths: no ORM, no cursor.

        Commits and rolls back like :meth:`tenant`. Whoever writes events in it wakes the relay afterwards.
        """
        scope = ALL_TENANTS if tenant_id is None else _scope_of(tenant_id)
        async with self._patiently(lambda: self._bare(scope)) as connection:
            yield connection

    async def look(self, tenant_id: UUID | None, statement: TextClause, /, **facts: Any) -> PlainRows:
        """The rows of one reading statement that sees one tenant's rows (None: all), in one round trip.

        For hot paths that read once and write nothing: a transaction takes three round trips. Behind a pooler it takes
        one nevertheless, because asyncpg prepares a statement before it runs it, and only a transaction keeps the
        server that it was prepared on.
        """
        if self._pooler:
            async with self.hot(tenant_id) as connection:
                return await PlainSession(connection).execute(statement, facts)
        scope = ALL_TENANTS if tenant_id is None else _scope_of(tenant_id)
        async with self._patiently(lambda: self._looked(scope, statement, facts)) as rows:
            return rows

    async def change(self, tenant_id: UUID, statement: TextClause, /, **facts: Any) -> PlainRows:
        """The rows of one statement that changes one tenant's rows, in one round trip and a transaction of its own.

        The statement begins with :data:`vaultaris_kit.plain.SCOPE`, and whatever it reads and writes refers to that.
        Once sent it is not sent again: of one that was cut off, nobody knows whether it was done.
        """
        scope = _scope_of(tenant_id)
        if self._pooler:
            async with self.hot(tenant_id) as connection:
                return await PlainSession(connection).execute(statement, {**facts, "working_for": scope})
        async with self._patiently(self._lent) as connection:
            current_request().effects.done = True
            return await PlainSession(connection).execute(statement, {**facts, "working_for": scope})

    @asynccontextmanager
    async def _looked(self, scope: str, statement: TextClause, facts: Mapping[str, Any]) -> AsyncIterator[PlainRows]:
        async with self._lent() as connection:
            rows = await look(connection, scope, statement, facts)
        yield rows

    @asynccontextmanager
    async def _lent(self) -> AsyncIterator[asyncpg.Connection]:
        async with self._pooled() as pooled, self._held(pooled) as connection:
            yield connection
            self._silence.heard()

    @asynccontextmanager
    async def _mapped(self, scope: str) -> AsyncIterator[AsyncSession]:
        async with self._turns.one(), self._sessions() as session, session.begin():
            async with self._silence.acquiring():
                pooled = await (await session.connection()).get_raw_connection()
            async with self._scoped(pooled, scope):
                yield session
                await session.flush()

    @asynccontextmanager
    async def _bare(self, scope: str) -> AsyncIterator[asyncpg.Connection]:
        async with self._pooled() as pooled, self._scoped(pooled, scope) as connection:
            yield connection

    @asynccontextmanager
    async def _pooled(self) -> AsyncIterator[PoolProxiedConnection]:
        async with self._turns.one():
            async with self._silence.acquiring():
                pooled = await self.engine.raw_connection()
            try:
                yield pooled
            finally:
                pooled.close()

    @asynccontextmanager
    async def _scoped(self, pooled: PoolProxiedConnection, scope: str) -> AsyncIterator[asyncpg.Connection]:
        """A transaction that works for ``scope``; both begin in one round trip."""
        async with self._held(pooled) as connection:
            await connection.execute(f"BEGIN; SELECT set_config('vaultaris.tenant_id', '{scope}', true)")
            self._silence.heard()
            yield connection
            current_request().effects.done = True  # or it may be: if the answer gets lost, nobody knows
            ended = await connection.execute("COMMIT")
            self._silence.heard()
        if ended != "COMMIT":  # a statement had failed, and somebody went on as if it hadn't
            raise asyncpg.InFailedSQLTransactionError("the transaction was rolled back")

    @asynccontextmanager
    async def _held(self, pooled: PoolProxiedConnection) -> AsyncIterator[asyncpg.Connection]:
        """The driver's connection, which is cut when the database hangs. A fault leaves no transaction behind on it."""
        connection: Any = pooled.driver_connection
        with self._silence.holding(connection):
            try:
                yield connection
            except asyncpg.InternalClientError as fault:  # it was lost within a statement, or given notice before
                pooled.invalidate()
                raise asyncpg.ConnectionDoesNotExistError("the connection was lost") from fault
            except asyncpg.ConnectionDoesNotExistError as fault:
                pooled.invalidate()
                if connection.lost:
                    raise ConnectionLost(str(fault)) from fault
                raise
            except BaseException:
                await _roll_back(pooled)
                raise

    @asynccontextmanager
    async def _patiently(self, begin: Callable[[], AbstractAsyncContextManager[Opened]]) -> AsyncIterator[Opened]:
        """A transaction, which a database that is away for a moment delays and does not prevent.

        Only beginning is tried again; a transaction that is lost later is told as an interruption of its request.
        """
        begun = False
        try:
            async with AsyncExitStack() as stack:
                opened = await self._enter(stack, begin)
                begun = True
                yield opened
        except _FAULTS as fault:
            error = translate(fault)
            if begun and isinstance(error, Unavailable):
                current_request().effects.interrupted = True
            raise error from fault

    async def _enter(self, stack: AsyncExitStack, begin: Callable[[], AbstractAsyncContextManager[Opened]]) -> Opened:
        until = time.monotonic() + self._return_secs
        spare = _SPARE_CONNECTIONS
        for pause in _pauses():
            try:
                return await stack.enter_async_context(begin())
            except PoolTimeout:  # all are in use, and nobody knows for how long
                raise
            except ConnectionLost:  # the server is there: no matter how long it took to find out
                spare -= 1
                if not spare:
                    raise
                continue
            except _FAULTS as fault:
                over = self._silence.lasting or time.monotonic() >= until
                if over or not isinstance(translate(fault), Unavailable):
                    raise
                stale = isinstance(fault, asyncpg.InterfaceError)  # from before it went away; the next may be, too
            await asyncio.sleep(0 if stale else pause)
        raise AssertionError("there is no end to the pauses")

    @asynccontextmanager
    async def plain(self, tenant_id: UUID) -> AsyncIterator[PlainSession]:
        """The same as :meth:`tenant` for a hot path that has nothing but ``text()`` statements; events are fine."""
        async with self.hot(tenant_id) as connection:
            session = PlainSession(connection)
            yield session
            await session.flush()
        if session.info.get("emitted"):
            await self.after_events()

    async def open_idle(self) -> None:
        """Opens as many connections as shall be there before somebody needs them: each takes 10 ms and more.

        With the database away they are opened when they are needed.
        """
        try:
            async with AsyncExitStack() as held:
                for _ in range(self._idle):
                    await held.enter_async_context(self._patiently(self._lent))
        except Unavailable as fault:
            log.warning("database_connections_wait", reason=type(fault.__cause__).__name__)

    async def ping(self) -> None:
        """One round trip, or a few; raises :class:`Unavailable` when the database is away at this moment."""
        try:
            async with self._bare(ALL_TENANTS) as connection:
                await connection.execute("SELECT 1")
        except _FAULTS as fault:
            raise translate(fault) from fault

    async def close(self) -> None:
        await self._silence.close()
        await self.engine.dispose()


async def _nothing() -> None:
    return


def _scope_of(tenant_id: UUID) -> str:
    """The text that row-level security compares. It becomes part of a statement, so nothing but a UUID will do."""
    if not isinstance(tenant_id, UUID):
        raise TypeError("a tenant is named by a UUID")
    return str(tenant_id)


async def _roll_back(pooled: PoolProxiedConnection) -> None:
    """Leaves no transaction behind; a connection that can't do that is thrown away."""
    connection: Any = pooled.driver_connection
    try:
        if pooled.is_valid and connection.is_closed():
            pooled.invalidate()
        elif pooled.is_valid and connection.is_in_transaction():
            await connection.execute("ROLLBACK")
    except BaseException:
        pooled.invalidate()
        raise


def _pauses() -> Iterator[float]:
    """Seconds between attempts to begin."""
    pause = _FIRST_PAUSE_SECONDS
    while True:
        yield pause
        pause = min(2 * pause, _LONGEST_PAUSE_SECONDS)


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
