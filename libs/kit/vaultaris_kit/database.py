"""PostgreSQL: one engine a process, one transaction a unit of work, one tenant a transaction.

Row-level security is the second wall behind repositories: every transaction says which tenant it works
for, and the service's role sees no other rows. The transaction commits when the ``async with`` block
ends, in this one place; nothing else in the product commits.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import JSON, DateTime, Integer, MetaData, Text, Uuid, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, IntegrityError, InterfaceError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import Mapped, declared_attr, mapped_column
from sqlalchemy.orm.exc import StaleDataError

from vaultaris_kit.errors import Conflict, PreconditionFailed, Unavailable
from vaultaris_kit.ids import new_id, now
from vaultaris_kit.settings import Settings

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


def asyncpg_url(url: str) -> str:
    """The same connection string, for SQLAlchemy's asyncpg driver."""
    return make_url(url).set(drivername="postgresql+asyncpg").render_as_string(hide_password=False)


class Database:
    """The pool of one service and its two kinds of transaction."""

    def __init__(self, settings: Settings, schema: str) -> None:
        self.schema = schema
        self.engine = create_async_engine(
            asyncpg_url(settings.database_url.get_secret_value()),
            pool_size=settings.database_max_connections,
            max_overflow=0,
            pool_timeout=settings.database_acquire_timeout_secs,
            pool_pre_ping=False,
            pool_recycle=1800,
            pool_use_lifo=True,
            connect_args={
                "timeout": 5,
                "command_timeout": settings.request_timeout_secs,
                "server_settings": {"application_name": f"vaultaris-{schema}"},
            },
        )
        self._sessions = async_sessionmaker(self.engine, expire_on_commit=False)
        self.after_events: Callable[[], Awaitable[None]] = _nothing
        """Awaited after a commit that wrote events; the outbox relay puts itself here."""

    @asynccontextmanager
    async def tenant(self, tenant_id: UUID) -> AsyncIterator[AsyncSession]:
        """A transaction that sees one tenant's rows. Commits on leaving, rolls back on any exception."""
        async with self._transaction(str(tenant_id)) as session:
            yield session

    @asynccontextmanager
    async def instance(self) -> AsyncIterator[AsyncSession]:
        """A transaction over all tenants: look-ups that find the tenant, lists of tenants, housekeeping."""
        async with self._transaction(ALL_TENANTS) as session:
            yield session

    @asynccontextmanager
    async def _transaction(self, scope: str) -> AsyncIterator[AsyncSession]:
        try:
            async with self._sessions() as session, session.begin():
                await session.execute(_SET_SCOPE, {"scope": scope})
                yield session
                await session.flush()
        except (DBAPIError, PoolTimeout, StaleDataError, OSError) as fault:
            raise translate(fault) from fault
        if session.info.get("emitted"):
            await self.after_events()

    async def ping(self) -> None:
        """One round trip; raises :class:`Unavailable` when the database is away."""
        async with self.instance() as session:
            await session.execute(text("SELECT 1"))

    async def close(self) -> None:
        await self.engine.dispose()


async def _nothing() -> None:
    return


_SET_SCOPE = text("SELECT set_config('vaultaris.tenant_id', :scope, true)")


def translate(fault: Exception) -> Exception:
    """The public error of a driver's fault; whatever is unknown stays what it is and ends as a 500."""
    if isinstance(fault, StaleDataError):
        return PreconditionFailed()
    if isinstance(fault, IntegrityError):
        return Conflict(code="conflict")
    if isinstance(fault, (PoolTimeout, InterfaceError, OSError)):
        return Unavailable()
    if isinstance(fault, DBAPIError):
        state = str(getattr(fault.orig, "sqlstate", None) or "")
        if fault.connection_invalidated or state.startswith(_OUTAGE_STATES):
            return Unavailable()
    return fault
