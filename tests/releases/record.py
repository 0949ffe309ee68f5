"""Keeps what a version leaves in a database: ``python -m tests.releases.record 0.1.0``, once, when it is released.

Fills a stack of its own with a little of everything and dumps it: schemas, data, the newest migration of each service.
"""

import asyncio
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import asyncpg
from sqlalchemy.engine import make_url

from tests.e2e.world import Company, open_world
from vaultaris_kit.migrations import SERVICES
from vaultaris_stack.local import LocalStack
from vaultaris_stack.parts.programs import postgres_programs
from vaultaris_stack.paths import DataDirectory
from vaultaris_stack.secrets import load_secrets

FOLDER = Path(__file__).parent
_LIMITS = {"RATE_LIMIT_MAX_REQUESTS": "1000000", "RATE_LIMIT_CREDENTIAL_MAX_REQUESTS": "1000000"}


def main(version: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        stack = LocalStack(Path(folder) / "data", environ=_LIMITS)
        stack.start()
        try:
            asyncio.run(_fill(stack.url))
            heads, dump = asyncio.run(_heads(stack)), _dump(stack)
        finally:
            stack.stop()
    (FOLDER / f"{version}.json").write_text(json.dumps(heads, indent=2) + "\n", encoding="utf-8")
    (FOLDER / f"{version}.sql").write_bytes(dump)


async def _fill(url: str) -> None:
    """Two companies with people, roles, groups, policies, clients, keys and sessions, and what they have done."""
    world = await open_world(url)
    for _ in range(2):
        await _fill_company(await world.add_company())


async def _fill_company(company: Company) -> None:
    role = await company.add_role("orders:read", "orders:approve")
    people = [await company.add_user() for _ in range(3)]
    await company.give(people[0], role)
    group = await company.admin.create(f"{company.path}/groups", {"name": "Sales"})
    await company.admin.create(f"{company.path}/groups", {"name": "Sales, north", "parent_id": group["id"]})
    await company.admin.create(f"{company.path}/applications", {"name": "Orders", "slug": "orders"})
    await company.admin.create(f"{company.path}/api-keys", {"name": "Nightly", "scopes": ["users:read"]})
    machine = await company.machine("integration:check")
    for person in people:
        await company.may(machine, person, "orders", "read")
        await company.sign_in(person["username"])
    await company.admin.delete(f"{company.path}/users/{people[2]['id']}")


async def _heads(stack: LocalStack) -> dict[str, str]:
    """The newest migration of each service; a service without any is left out."""
    connection = await asyncpg.connect(stack.environ_of("migrate")["MIGRATION_DATABASE_URL"])
    try:
        return {name: await connection.fetchval(f"TABLE {name}.schema_version") for name in SERVICES}
    finally:
        await connection.close()


def _dump(stack: LocalStack) -> bytes:
    """Plain SQL, by somebody whom row-level security does not hold."""
    url = make_url(stack.environ_of("migrate")["MIGRATION_DATABASE_URL"])
    password = load_secrets(DataDirectory(stack.data)).database_admin_password
    command = [
        str(postgres_programs() / "pg_dump"), "--no-comments", f"--host={url.host}", f"--port={url.port}",
        "--username=postgres", str(url.database),
    ]  # fmt: skip
    return subprocess.run(command, env=os.environ | {"PGPASSWORD": password}, check=True, capture_output=True).stdout


if __name__ == "__main__":
    main(sys.argv[1])
