"""Migrations: one schema, one role and one Alembic history per service, run as the database's owner.

``python -m vaultaris_kit.migrations`` migrates every service: it is what ``vaultaris migrate``, Compose and
the chart's hook run. The services' roles can log in, read and write their own schema, and nothing else.
"""

import asyncio
import os
import sys
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine
from sqlalchemy.pool import NullPool

from vaultaris_kit.connecting import ENGINE, address

SERVICES = ("directory", "auth", "policy", "sessions", "plugins", "audit")
_LOCK = 0x7661756C74  # any fixed number: migrations of one database wait for each other


def role_of(service: str) -> str:
    """The database role that a service logs in as."""
    return f"vaultaris_{service}"


def migrate_all(url: str, service_password: str, services: Sequence[str] = SERVICES, ca: str = "") -> None:
    """Brings every service's schema to its newest version; safe to run again and side by side.

    ``url`` is the owner's connection string; ``service_password`` becomes the password of the roles.
    """
    asyncio.run(_migrate_all(address(url, ca), service_password, services))


async def _migrate_all(where: dict[str, Any], service_password: str, services: Sequence[str]) -> None:
    engine = create_async_engine(ENGINE, connect_args=where, poolclass=NullPool)
    async with engine.connect() as connection:
        await connection.execute(text("SELECT pg_advisory_lock(:lock)"), {"lock": _LOCK})
        await connection.commit()
        for service in services:
            await _prepare(connection, service, service_password)
            await _grant(connection, service)
            await connection.run_sync(_upgrade, service)
            sys.stdout.write(f"migrated {service}\n")
    await engine.dispose()


async def _prepare(connection: AsyncConnection, service: str, password: str) -> None:
    role = role_of(service)
    exists = await connection.scalar(text("SELECT 1 FROM pg_roles WHERE rolname = :role"), {"role": role})
    # An owner who is no superuser may not so much as mention these attributes of a role that exists.
    verb, attributes = ("ALTER", "") if exists else ("CREATE", "NOSUPERUSER NOCREATEDB NOCREATEROLE")
    statement = await connection.scalar(
        text(
            "SELECT format('%s ROLE %I LOGIN %s PASSWORD %L', CAST(:verb AS text), CAST(:role AS text),"
            " CAST(:attributes AS text), CAST(:password AS text))"
        ),
        {"verb": verb, "role": role, "attributes": attributes, "password": password},
    )
    try:
        await connection.exec_driver_sql(str(statement))
    except DBAPIError as fault:  # its text would show the statement, and with it the password
        raise RuntimeError(f"{verb} ROLE {role} failed: {type(fault.orig).__name__}") from None
    await connection.exec_driver_sql(f'CREATE SCHEMA IF NOT EXISTS "{service}"')
    await connection.commit()


async def _grant(connection: AsyncConnection, service: str) -> None:
    """What the role may do with every table to come; a migration takes rights away from append-only tables.

    PostgreSQL's own guess of what a random read costs is that of a turning disk, which makes it shun indexes.
    """
    role = role_of(service)
    for statement in (
        f'GRANT USAGE ON SCHEMA "{service}" TO {role}',
        f'ALTER ROLE {role} SET search_path = "{service}"',
        f"ALTER ROLE {role} SET random_page_cost = 1.1",
        f'ALTER DEFAULT PRIVILEGES IN SCHEMA "{service}" GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {role}',
    ):
        await connection.exec_driver_sql(statement)
    await connection.commit()


def _upgrade(connection: Connection, service: str) -> None:
    command.upgrade(alembic_config(service, connection), "head")
    connection.commit()


def alembic_config(service: str, connection: Connection) -> Config:
    """Alembic's configuration for one service; the environment script is the kit's, the versions are the service's."""
    config = Config()
    config.set_main_option("script_location", str(files("vaultaris_kit") / "alembic"))
    config.set_main_option("version_locations", str(files(f"vaultaris_{service}") / "migrations"))
    config.set_main_option("path_separator", "os")
    config.attributes.update(connection=connection, schema=service)
    return config


def read_secret(name: str) -> str | None:
    """The environment variable, or the content of the file that ``<name>_FILE`` names."""
    path = os.environ.get(f"{name}_FILE")
    return Path(path).read_text(encoding="utf-8").rstrip("\n") if path else os.environ.get(name)


def main() -> None:
    """Entry point: reads MIGRATION_DATABASE_URL (or DATABASE_URL) and DATABASE_SERVICE_PASSWORD.

    With STORES_TLS_CA, the authorities of a server that is to be verified.
    """
    url = read_secret("MIGRATION_DATABASE_URL") or read_secret("DATABASE_URL")
    password = read_secret("DATABASE_SERVICE_PASSWORD")
    if not url or not password:
        sys.exit("migrate: set MIGRATION_DATABASE_URL (or DATABASE_URL) and DATABASE_SERVICE_PASSWORD")
    migrate_all(url, password, ca=os.environ.get("STORES_TLS_CA", ""))


if __name__ == "__main__":
    main()
