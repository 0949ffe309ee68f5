"""How PostgreSQL is reached: one server or the primary among several, directly or through a pooler.

The address is asyncpg's own to read, so everything that libpq has there works: several hosts, ``sslmode``,
``sslrootcert``, ``target_session_attrs``.
"""

from collections.abc import Collection, Iterable, Mapping
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import asyncpg

from vaultaris_kit.lost import Connection, busy_among
from vaultaris_kit.settings import Settings

ENGINE = "postgresql+asyncpg://"
"""What SQLAlchemy is told; the rest goes to the driver."""

_CONNECT_SECONDS = 5
_ROLE = "target_session_attrs"


def address(url: str, ca: str = "") -> dict[str, Any]:
    """asyncpg's arguments for a connection string; of several hosts the one that can be written to.

    ``ca`` names a file of authorities for an address that wants the server verified and says nothing of them itself.
    """
    scheme, _, rest = url.partition("://")
    parts = urlsplit(url)
    query = parse_qs(parts.query)
    if ca and query.get("sslmode", [""])[-1].startswith("verify") and "sslrootcert" not in query:
        rest += f"&sslrootcert={quote(ca, safe='/')}"
    named = {"dsn": f"{scheme.partition('+')[0]}://{rest}"}
    if "," in parts.netloc.rpartition("@")[2] and _ROLE not in query:
        return named | {_ROLE: "read-write"}
    return named


def connect_args(settings: Settings, schema: str) -> dict[str, Any]:
    """For a service's pool. Nothing in it outlives a transaction when a pooler in transaction mode stands between."""
    plain = _own_args(settings, schema) | {
        "async_creator_fn": _connect,
        "command_timeout": settings.request_timeout_secs,
    }
    return plain | dict(_UNNAMED) if settings.database_pooler == "transaction" else plain


def _own_args(settings: Settings, schema: str) -> dict[str, Any]:
    """The driver's own, for any connection of a service."""
    return address(settings.database_url.get_secret_value(), settings.stores_tls_ca) | {
        "timeout": _CONNECT_SECONDS,
        "server_settings": {"application_name": f"vaultaris-{schema}"},
    }


async def knock(settings: Settings, schema: str) -> None:
    """One question, on a connection that nobody else uses; raises what the driver does when it isn't answered well."""
    connection = await _connect(**_own_args(settings, schema))
    try:
        await connection.execute("SELECT 1")  # a pooler answers by itself until it is asked something
        await connection.close()
    finally:
        connection.terminate()


async def ask_who_is_busy(settings: Settings, schema: str, pids: Iterable[int]) -> Collection[int]:
    """:func:`busy_among`, asked in the way of :func:`knock`; raises what that does."""
    connection = await _connect(**_own_args(settings, schema))
    try:
        busy = await busy_among(pids, connection)
        await connection.close()
    finally:
        connection.terminate()
    return busy


async def _connect(**options: Any) -> Connection:
    """Raises ConnectionError, as for a server that is away, when none of several can be written to."""
    try:
        return await asyncpg.connect(**options, connection_class=Connection)
    except asyncpg.exceptions.TargetServerAttributeNotMatched as fault:
        raise ConnectionError(str(fault)) from fault


def _no_name() -> str:
    return ""


_UNNAMED: Mapping[str, Any] = {
    "statement_cache_size": 0,
    "prepared_statement_cache_size": 0,
    "prepared_statement_name_func": _no_name,
}
"""Statements without a name, prepared each time: a named one waits on a server that is another client's by then."""
