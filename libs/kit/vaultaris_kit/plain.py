"""A session for hot paths: text statements on asyncpg itself, in the form that SQLAlchemy's session takes them."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, Final

import asyncpg
from sqlalchemy import TextClause
from sqlalchemy.dialects.postgresql.asyncpg import dialect

_STATEMENTS = 512
_NOTHING: Mapping[str, Any] = {}
_DIALECT = dialect()  # type: ignore[no-untyped-call]  # SQLAlchemy left it so


_LOOK = """
    SELECT found.* FROM (SELECT set_config('vaultaris.tenant_id', {scope}, true) AS scope OFFSET 0) AS begun
    CROSS JOIN LATERAL (SELECT asked.* FROM ({sql}) AS asked WHERE begun.scope IS NOT NULL OFFSET 0) AS found
"""
"""A read that says itself which tenant it works for. The lateral reference has the scope set before anything is read;
were it not, row-level security would show nothing."""


SCOPE: Final = "scope AS MATERIALIZED (SELECT set_config('vaultaris.tenant_id', :working_for, true) AS tenant)"
"""The first part of a statement that changes rows and says itself which tenant it works for: ``WITH {SCOPE}, ...``.

What it reads stands in a subquery ``FROM scope CROSS JOIN LATERAL (... WHERE scope.tenant IS NOT NULL OFFSET 0)``, and
what it writes follows from that. Were the order ever another, row-level security would show nothing and let nothing in.
"""


class PlainRows:
    """What a statement brought."""

    def __init__(self, rows: Sequence[Any]) -> None:
        self._rows = rows

    def __iter__(self) -> Iterator[Any]:
        return iter(self._rows)

    def first(self) -> Any:
        """The first row, or None."""
        return self._rows[0] if self._rows else None


class PlainSession:
    """Executes ``text()`` statements within an open transaction; no ORM, no other constructs.

    Rows that are added are written, many to a round trip, just before the commit.
    """

    def __init__(self, connection: asyncpg.Connection) -> None:
        self.connection = connection
        self.info: dict[str, Any] = {}
        self._added: defaultdict[str, list[tuple[Any, ...]]] = defaultdict(list)

    async def execute(
        self, statement: TextClause, facts: Mapping[str, Any] | Sequence[Mapping[str, Any]] = _NOTHING
    ) -> PlainRows:
        """The rows of a statement with named parameters; of one that is executed for a list of them there are none."""
        sql, names = _compiled(statement)
        if not isinstance(facts, Mapping):
            await self.connection.executemany(sql, [[each[name] for name in names] for each in facts])
            return PlainRows(())
        return PlainRows(await self.connection.fetch(sql, *[facts[name] for name in names]))

    def add(self, insert: str, row: tuple[Any, ...]) -> None:
        """Has a row written by ``insert``, whose parameters are ``$1`` to ``$n``."""
        self._added[insert].append(row)

    async def flush(self) -> None:
        """Writes what was added."""
        for insert, rows in self._added.items():
            await self.connection.executemany(insert, rows)
        self._added.clear()


async def look(
    connection: asyncpg.Connection, scope: str, statement: TextClause, facts: Mapping[str, Any]
) -> PlainRows:
    """The rows of one reading statement, in one round trip and a transaction of its own."""
    sql, names = _compiled_look(statement)
    return PlainRows(await connection.fetch(sql, *[facts[name] for name in names], scope))


@lru_cache(_STATEMENTS)
def _compiled_look(statement: TextClause) -> tuple[str, Sequence[str]]:
    sql, names = _compiled(statement)
    return _LOOK.format(sql=sql, scope=f"${len(names) + 1}"), names


@lru_cache(_STATEMENTS)
def _compiled(statement: TextClause) -> tuple[str, Sequence[str]]:
    """The SQL as asyncpg wants it, and the names of its parameters in their order."""
    compiled: Any = statement.compile(dialect=_DIALECT)
    return str(compiled), list(dict.fromkeys(compiled.positiontup or ()))
