"""PostgreSQL: one engine a process, one transaction a unit of work, one tenant a transaction.

Row-level security is the second wall behind repositories: every transaction says which tenant it works
for, and the service's role sees no other rows. The transaction commits when the ``async with`` block
ends, in this one place; nothing else in the product commits.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from functools import partial
from typing import Any, TypeVar
from uuid import UUID

import asyncpg
from sqlalchemy import TextClause
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker
from sqlalchemy.pool import PoolProxiedConnection

from vaultaris_kit.connecting import ask_who_is_busy, knock
from vaultaris_kit.context import current_request
from vaultaris_kit.engine import create_engine
from vaultaris_kit.errors import Unavailable
from vaultaris_kit.faults import FAULTS, translate
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

_FIRST_PAUSE_SECONDS = 0.02
_LONGEST_PAUSE_SECONDS = 0.25

_SPARE_CONNECTIONS = 3
"""How many dead ones in a row a transaction begins on before it gives up."""

Opened = TypeVar("Opened")


class Database:
    """The pool of one service and its two kinds of transaction."""

    def __init__(self, settings: Settings, schema: str) -> None:
        self.schema = schema
        self.engine = create_engine(settings, schema)
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
        except FAULTS as fault:
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
            except FAULTS as fault:
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
        except FAULTS as fault:
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
