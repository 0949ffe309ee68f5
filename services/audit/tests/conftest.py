"""The trail on the stack's own database; every test writes the chain of a tenant of its own."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Protocol
from uuid import UUID

import asyncpg
import pytest

from vaultaris_audit.settings import AuditSettings
from vaultaris_kit.database import Database
from vaultaris_kit.ids import new_id


class Stack(Protocol):
    """What is used of the root's ``stack`` fixture."""

    def environ_of(self, name: str) -> dict[str, str]:
        """The environment of a service."""


@pytest.fixture(scope="session")
async def database(stack: Stack) -> AsyncIterator[Database]:
    """The service's own role: it can only read and append."""
    url = stack.environ_of("audit")["DATABASE_URL"]
    opened = Database(AuditSettings(_env_file=None, dev=True, database_url=url), "audit")
    yield opened
    await opened.close()


@pytest.fixture
async def tamper(stack: Stack) -> AsyncIterator[Callable[[str, UUID], Awaitable[str]]]:
    """Runs a statement about a tenant as somebody who may do everything."""
    connection = await asyncpg.connect(stack.environ_of("migrate")["MIGRATION_DATABASE_URL"])
    await connection.execute("SELECT set_config('vaultaris.tenant_id', '*', false)")
    yield connection.execute
    await connection.close()


@pytest.fixture
def tenant_id() -> UUID:
    return new_id()
