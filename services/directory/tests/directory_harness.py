"""What the tests of the directory share: databases of their own, running replicas, callers."""

import asyncio
import contextlib
import os
import sys
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import UUID, uuid4

import asyncpg
import httpx
from grpc import aio
from sqlalchemy.engine import make_url

from services.directory.tests.directory_fakes import FakeAuth
from vaultaris.directory.v1.directory_pb2_grpc import DirectoryServiceStub
from vaultaris_kit.events import Event, decode_event
from vaultaris_kit.ids import MASTER_TENANT_ID, new_id
from vaultaris_kit.migrations import migrate_all, role_of
from vaultaris_stack.ports import free_port

if TYPE_CHECKING:
    from vaultaris.directory.v1.directory_pb2_grpc import DirectoryServiceAsyncStub

Found = TypeVar("Found")

PASSWORD = "tulip river seven lamps"
ADMIN = {"admin_username": "root", "admin_email": "root@vaultaris.test", "admin_password": PASSWORD}


@dataclass(frozen=True)
class Cluster:
    """A PostgreSQL server and how to get in."""

    owner_url: str
    admin_password: str
    service_password: str

    def url(self, database: str, user: str | None = None, password: str | None = None) -> str:
        """The connection string of a database, for the owner or somebody else."""
        url = make_url(self.owner_url).set(database=database)
        url = url.set(username=user, password=password) if user else url
        return url.render_as_string(hide_password=False)


@contextlib.asynccontextmanager
async def fresh_database(cluster: Cluster) -> AsyncIterator[dict[str, str]]:
    """A migrated database of one's own; yields the connection strings of the service and of the owner."""
    name = f"directory_{uuid4().hex}"
    owner = make_url(cluster.owner_url).username
    admin = await asyncpg.connect(cluster.url("postgres", "postgres", cluster.admin_password))
    try:
        await admin.execute(f"CREATE DATABASE {name} OWNER {owner}")
        await asyncio.to_thread(migrate_all, cluster.url(name), cluster.service_password, ["directory"])
        yield {
            "DATABASE_URL": cluster.url(name, role_of("directory"), cluster.service_password),
            "OWNER_URL": cluster.url(name),
        }
        await admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
    finally:
        await admin.close()


@dataclass
class Api:
    """Calls with one credential."""

    http: httpx.AsyncClient
    token: str = ""

    async def call(self, method: str, path: str, **kwargs: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        return await self.http.request(method, path, headers={**headers, **kwargs.pop("headers", {})}, **kwargs)

    async def expect(self, status: int, method: str, path: str, body: Any = None, **kwargs: Any) -> Any:
        """The body of an answer that must have ``status``."""
        answer = await self.call(method, path, **({"json": body} if body is not None else {}), **kwargs)
        assert answer.status_code == status, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json() if answer.content else None

    async def get(self, path: str, **params: Any) -> Any:
        return await self.expect(200, "GET", path, params=params)

    async def create(self, path: str, body: Any) -> Any:
        return (await self.expect(201, "POST", path, body))["data"]

    async def add(self, path: str, body: Any) -> None:
        await self.expect(204, "POST", path, body)

    async def update(self, path: str, body: Any) -> Any:
        return (await self.expect(200, "PUT", path, body))["data"]


@dataclass
class Tenant:
    """A tenant, with its administrator's calls."""

    id: UUID
    path: str
    admin: Api
    auth: FakeAuth
    roles: dict[str, str]

    async def user(self, **fields: Any) -> dict[str, Any]:
        name = f"u{new_id().hex}"
        body = {"username": name, "email": f"{name}@tenant.test", **fields}
        user: dict[str, Any] = await self.admin.create(f"{self.path}/users", body)
        return user

    async def role(self, *rights: str, **fields: Any) -> dict[str, Any]:
        """A role that grants ``rights``."""
        role: dict[str, Any] = await self.admin.create(f"{self.path}/roles", {"name": new_id().hex, **fields})
        for right in rights:
            permission = await self.permission(right)
            await self.admin.add(f"{self.path}/roles/{role['id']}/permissions", {"permission_id": permission["id"]})
        return role

    async def permission(self, right: str, **fields: Any) -> dict[str, Any]:
        resource, _, action = right.rpartition(":")
        body = {"name": right, "resource": resource, "action": action, **fields}
        answer = await self.admin.call("POST", f"{self.path}/permissions", json=body)
        assert answer.status_code in (200, 201), answer.text
        data: dict[str, Any] = answer.json()["data"]
        return data

    async def group(self, parent: dict[str, Any] | None = None, **fields: Any) -> dict[str, Any]:
        body = {"name": new_id().hex, "parent_id": parent["id"] if parent else None, **fields}
        group: dict[str, Any] = await self.admin.create(f"{self.path}/groups", body)
        return group

    async def application(self, **fields: Any) -> dict[str, Any]:
        body = {"slug": new_id().hex, "name": "Orders", **fields}
        application: dict[str, Any] = await self.admin.create(f"{self.path}/applications", body)
        return application

    async def give(self, user: dict[str, Any], role: dict[str, Any]) -> None:
        await self.admin.add(f"{self.path}/users/{user['id']}/roles", {"role_id": role["id"]})

    async def person(self, *rights: str, **fields: Any) -> tuple[Api, dict[str, Any]]:
        """Somebody with ``rights``, and their calls."""
        user = await self.user(**fields)
        if rights:
            await self.give(user, await self.role(*rights))
        return self.as_user(user), user

    def as_user(self, user: dict[str, Any], *, auth_time: int | None = None) -> Api:
        return Api(self.admin.http, self.auth.token(self.id, UUID(user["id"]), auth_time=auth_time))

    async def permissions_of(self, user: dict[str, Any]) -> list[str]:
        answer = await self.admin.get(f"{self.path}/integration/users/{user['id']}")
        permissions: list[str] = answer["data"]["permissions"]
        return permissions


@dataclass
class Directory:
    """A running replica, with its database and its auth. ``root`` has no credential before the setup."""

    http: httpx.AsyncClient
    stub: "DirectoryServiceAsyncStub"
    auth: FakeAuth
    owner_url: str
    root: Api
    output: bytearray = field(default_factory=bytearray)

    async def set_up(self) -> None:
        """Runs the setup."""
        done = (await Api(self.http).expect(201, "POST", "/setup", ADMIN))["data"]
        self.root = Api(self.http, self.auth.token(MASTER_TENANT_ID, UUID(done["admin_user"]["id"])))

    async def tenant(self, **fields: Any) -> Tenant:
        """A new tenant, whose calls are made by the instance's administrator."""
        slug = new_id().hex
        data = await self.root.create("/api/v1/tenants", {"name": slug, "slug": slug, **fields})
        path = f"/api/v1/tenants/{data['id']}"
        roles = {role["name"]: role["id"] for role in (await self.root.get(f"{path}/roles"))["data"]}
        return Tenant(UUID(data["id"]), path, self.root, self.auth, roles)

    async def forget_everything(self) -> None:
        """Empties the database: the instance is as before its setup."""
        await self.as_owner("TRUNCATE directory.tenants, directory.outbox, directory.setup_tokens CASCADE")
        self.root = Api(self.http)

    async def as_owner(self, statement: str, *values: Any) -> list[asyncpg.Record]:
        """Runs a statement over all tenants."""
        connection = await asyncpg.connect(self.owner_url)
        try:
            await connection.execute("SELECT set_config('vaultaris.tenant_id', '*', false)")
            rows: list[asyncpg.Record] = await connection.fetch(statement, *values)
        finally:
            await connection.close()
        return rows

    async def events(self, tenant_id: UUID, *types: str) -> list[Event]:
        """What stands in the outbox: NATS is away from this replica."""
        rows = await self.as_owner("SELECT payload FROM directory.outbox WHERE tenant_id = $1 ORDER BY id", tenant_id)
        events = [decode_event(row["payload"]) for row in rows]
        return [event for event in events if not types or event.type in types]


@contextlib.asynccontextmanager
async def running(environ: Mapping[str, str], auth: FakeAuth, owner_url: str) -> AsyncIterator[Directory]:
    """A replica, ready."""
    http_port, grpc_port = free_port(), free_port()
    ports = {"SERVER_PORT": str(http_port), "GRPC_PORT": str(grpc_port)}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "vaultaris_directory",
        env={**os.environ, **environ, **ports}, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout is not None
    try:
        async with (
            httpx.AsyncClient(base_url=f"http://127.0.0.1:{http_port}", timeout=30) as http,
            aio.insecure_channel(f"127.0.0.1:{grpc_port}") as channel,
        ):
            replica = Directory(http, DirectoryServiceStub(channel), auth, owner_url, Api(http))
            reading = asyncio.create_task(_collect(process.stdout, replica.output))
            await _ready(http, process)
            yield replica
    finally:
        if process.returncode is None:
            process.terminate()
        await asyncio.wait_for(process.wait(), 30)
        await reading


async def _collect(output: asyncio.StreamReader, into: bytearray) -> None:
    async for line in output:
        into += line


async def _ready(http: httpx.AsyncClient, process: asyncio.subprocess.Process) -> None:
    async with asyncio.timeout(30):
        while process.returncode is None:
            with contextlib.suppress(httpx.TransportError):
                if (await http.get("/readyz")).status_code == 200:
                    return
            await asyncio.sleep(0.05)
    raise AssertionError("the directory did not start")


async def eventually(found: Callable[[], Found | None], *, within: float = 10.0) -> Found:
    """What ``found`` finds in the doings of another process, once it does."""
    async with asyncio.timeout(within):
        while True:
            if (result := found()) is not None:
                return result
            await asyncio.sleep(0.02)
