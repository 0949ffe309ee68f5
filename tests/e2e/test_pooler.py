"""The whole product behind PgBouncer in transaction mode: two server connections for each service, changing hands."""

import asyncio
import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest
import pytest_asyncio
from sqlalchemy.engine import make_url

from conftest import UNLIMITED
from tests.e2e.world import Company, World, open_world
from tests.eventually import eventually
from tests.tools import tool
from vaultaris_kit.migrations import SERVICES, role_of
from vaultaris_stack.local import LocalStack
from vaultaris_stack.paths import DataDirectory
from vaultaris_stack.ports import LOOPBACK, free_port
from vaultaris_stack.secrets import load_secrets

pytestmark = pytest.mark.timeout(180)
PEOPLE = 40
SERVER_CONNECTIONS = 2


@dataclass(frozen=True)
class Database:
    """An empty database of its own in the PostgreSQL of another stack, whose services' roles it shares."""

    owner_url: str
    service_password: str

    @property
    def name(self) -> str:
        return str(make_url(self.owner_url).database)

    @property
    def server(self) -> str:
        url = make_url(self.owner_url)
        return f"host={url.host} port={url.port}"


@pytest_asyncio.fixture(scope="module")
async def database(stack: LocalStack) -> Database:
    environ = stack.environ_of("migrate")
    url = make_url(environ["MIGRATION_DATABASE_URL"])
    name = f"pooled_{uuid4().hex}"
    password = load_secrets(DataDirectory(stack.data)).database_admin_password
    admin = await asyncpg.connect(host=url.host, port=url.port, user="postgres", password=password, database="postgres")
    await admin.execute(f"CREATE DATABASE {name} OWNER {url.username}")
    await admin.close()
    return Database(url.set(database=name).render_as_string(hide_password=False), environ["DATABASE_SERVICE_PASSWORD"])


@pytest.fixture(scope="module")
def bouncer(database: Database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """PgBouncer's port."""
    pgbouncer, folder, port = tool("pgbouncer"), tmp_path_factory.mktemp("pgbouncer"), free_port()
    process = subprocess.Popen(
        [str(pgbouncer.path), *_no_root(folder), str(_configuration(folder, database, port))], env=pgbouncer.environ
    )
    yield port
    process.terminate()
    process.wait(10)


def _configuration(folder: Path, database: Database, port: int) -> Path:
    users = folder / "users.txt"
    users.write_text("".join(f'"{role_of(name)}" "{database.service_password}"\n' for name in SERVICES))
    settings = {
        "listen_addr": LOOPBACK, "listen_port": port, "unix_socket_dir": "", "logfile": folder / "pgbouncer.log",
        "pool_mode": "transaction", "default_pool_size": SERVER_CONNECTIONS, "max_client_conn": 500,
        "auth_type": "scram-sha-256", "auth_file": users,
    }  # fmt: skip
    lines = [f"{name} = {value}" for name, value in settings.items()]
    path = folder / "pgbouncer.ini"
    path.write_text("\n".join(["[databases]", f"* = {database.server}", "[pgbouncer]", *lines, ""]))
    return path


def _no_root(folder: Path) -> list[str]:
    """PgBouncer refuses to run as root: it then becomes nobody, who must be able to read its files."""
    if os.getuid() != 0:
        return []
    for each in (folder, *folder.parents):
        if each.name.startswith(("pytest-", "popen-", "pgbouncer")):
            each.chmod(0o755)
    folder.chmod(0o777)
    return ["--user", "nobody"]


@pytest.fixture(scope="module")
def pooled(database: Database, bouncer: int, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalStack]:
    """A stack whose services reach PostgreSQL through PgBouncer alone; migration goes straight to it."""
    running = LocalStack(
        tmp_path_factory.mktemp("pooled"),
        environ={
            **UNLIMITED,
            "DATABASE_URL": f"postgresql://{LOOPBACK}:{bouncer}/{database.name}",
            "MIGRATION_DATABASE_URL": database.owner_url,
            "DATABASE_SERVICE_PASSWORD": database.service_password,
            "DATABASE_POOLER": "transaction",
        },
    )
    running.start()
    yield running
    running.stop()


@pytest_asyncio.fixture(scope="module")
async def world(pooled: LocalStack) -> World:
    return await open_world(pooled.url)


class TestTransactionMode:
    async def test_many_at_once_do_everything(self, world: World) -> None:
        company = await world.add_company()
        role = await company.add_role("orders:read")
        people = await asyncio.gather(*(_join(company, role) for _ in range(PEOPLE)))
        machine = await company.machine("integration:check")
        answers = await asyncio.gather(*(company.may(machine, person, "orders", "read") for person in people * 2))
        assert answers == [True] * (2 * PEOPLE)
        await asyncio.gather(*(company.sign_in(person["username"]) for person in people[:10]))

        async def recorded() -> int:
            page = await company.admin.get(f"{company.path}/audit", action="user.created", per_page=100)
            return len(page["data"])

        await eventually(recorded, lambda count: count > PEOPLE, within=30)
        assert (await company.admin.get(f"{company.path}/audit/verify"))["data"]["valid"] is True

    async def test_the_log_of_no_service_tells_of_a_fault(self, pooled: LocalStack, world: World) -> None:
        for path in (pooled.data / "logs").glob("*.log"):
            text = path.read_text(encoding="utf-8")
            assert "prepared statement" not in text, path
            assert '"level": "error"' not in text, path


async def _join(company: Company, role: dict[str, str]) -> dict[str, str]:
    user = await company.add_user()
    await company.give(user, role)
    return user
