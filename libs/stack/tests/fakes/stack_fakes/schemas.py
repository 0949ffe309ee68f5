"""Migrations that only make what a service needs to connect: its role and its schema."""

import asyncio
from collections.abc import Sequence

import asyncpg


def migrate_all(url: str, service_password: str, services: Sequence[str], _ca: str) -> None:
    """Works as the owner of the database; may run again and again."""
    asyncio.run(_migrate(url, service_password, services))


async def _migrate(url: str, service_password: str, services: Sequence[str]) -> None:
    connection = await asyncpg.connect(url)
    try:
        for service in services:
            role = f"vaultaris_{service}"
            if not await connection.fetchval("SELECT 1 FROM pg_roles WHERE rolname = $1", role):
                await connection.execute(f"CREATE ROLE {role} LOGIN PASSWORD '{service_password}'")
            await connection.execute(f"CREATE SCHEMA IF NOT EXISTS {service}")
            await connection.execute(f"GRANT USAGE ON SCHEMA {service} TO {role}")
    finally:
        await connection.close()
    print(f"migrated {', '.join(services)}")  # noqa: T201 - progress lines are the output of a migration
