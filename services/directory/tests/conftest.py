"""The directory for itself: replicas on databases of their own in the stack's PostgreSQL, with an auth for tests.

NATS is away from them, so that every event stays in the outbox, where a test can read it.
"""

from collections.abc import AsyncIterator

import pytest

from services.directory.tests.directory_fakes import ISSUER, FakeAuth, mutual_tls, serve
from services.directory.tests.directory_harness import Cluster, Directory, Tenant, fresh_database, running
from tests.licence_mint import HOSTED, KINDS, LIMIT, TIER_USERS, Mint
from vaultaris_directory.settings import DirectorySettings
from vaultaris_kit.database import Database
from vaultaris_stack.local import LocalStack
from vaultaris_stack.paths import DataDirectory
from vaultaris_stack.secrets import load_secrets


@pytest.fixture(scope="session")
def auth() -> FakeAuth:
    return FakeAuth()


@pytest.fixture(scope="session")
async def auth_ports(stack: LocalStack, auth: FakeAuth) -> AsyncIterator[tuple[int, int]]:
    """The plain port and the one with mutual TLS."""
    server, plain, secure = await serve(auth, mutual_tls(stack.environ_of("auth")))
    yield plain, secure
    await server.stop(0)


@pytest.fixture(scope="session")
def cluster(stack: LocalStack) -> Cluster:
    """The stack's PostgreSQL."""
    environ = stack.environ_of("migrate")
    return Cluster(
        owner_url=environ["MIGRATION_DATABASE_URL"],
        admin_password=load_secrets(DataDirectory(stack.data)).database_admin_password,
        service_password=environ["DATABASE_SERVICE_PASSWORD"],
    )


@pytest.fixture(scope="session")
def plain_environ(stack: LocalStack, auth_ports: tuple[int, int]) -> dict[str, str]:
    """The environment of a replica without NATS and mutual TLS; its database is still to be named."""
    theirs = {name: value for name, value in stack.environ_of("directory").items() if "TLS" not in name}
    return theirs | {
        "DEV": "true", "SERVER_HOST": "127.0.0.1", "JWT_ISSUER": ISSUER, "EXTERNAL_URL": ISSUER,
        "AUTH_GRPC": f"127.0.0.1:{auth_ports[0]}", "POLICY_GRPC": f"127.0.0.1:{auth_ports[0]}",
        "NATS_URL": "nats://127.0.0.1:9", "LOG_LEVEL": "error", "LICENSE_PUBLIC_KEY": "",
    }  # fmt: skip


@pytest.fixture(scope="session")
def production(stack: LocalStack, auth_ports: tuple[int, int]) -> dict[str, str]:
    """What turns that into an environment without development mode."""
    tls = {name: value for name, value in stack.environ_of("directory").items() if "TLS" in name}
    return tls | {"DEV": "false", "AUTH_GRPC": f"127.0.0.1:{auth_ports[1]}"}


@pytest.fixture(scope="session")
async def environ(plain_environ: dict[str, str], cluster: Cluster) -> AsyncIterator[dict[str, str]]:
    """The same, with a database of its own; ``OWNER_URL`` is its owner's."""
    async with fresh_database(cluster) as urls:
        yield plain_environ | urls


@pytest.fixture(scope="session")
async def directory(environ: dict[str, str], auth: FakeAuth) -> AsyncIterator[Directory]:
    """A replica that is set up."""
    async with running(environ, auth, environ["OWNER_URL"]) as replica:
        await replica.set_up()
        yield replica


@pytest.fixture(scope="session")
def mint() -> Mint:
    return Mint()


@pytest.fixture(scope="session")
async def licensed(
    plain_environ: dict[str, str], cluster: Cluster, auth: FakeAuth, mint: Mint
) -> AsyncIterator[Directory]:
    """Another instance, under a licence that lets the master tenant host others."""
    tiers = {"pro": {"limits": {"users": TIER_USERS}}}
    hosting = {"enabled": True, "max_hosted_tenants": HOSTED, "allowed_tiers": ["pro"], "tiers": tiers}
    token = mint.licence(limits=dict.fromkeys(KINDS, LIMIT), features={"hosting": hosting})
    licence = {"LICENSE_KEY": token, "LICENSE_PUBLIC_KEY": mint.public}
    async with (
        fresh_database(cluster) as urls,
        running(plain_environ | urls | licence, auth, urls["OWNER_URL"]) as replica,
    ):
        await replica.set_up()
        yield replica


@pytest.fixture(scope="session")
async def database(environ: dict[str, str]) -> AsyncIterator[Database]:
    """The service's own role: row-level security holds."""
    opened = Database(DirectorySettings(_env_file=None, dev=True, database_url=environ["DATABASE_URL"]), "directory")
    yield opened
    await opened.close()


@pytest.fixture
async def tenant(directory: Directory) -> Tenant:
    """A tenant that no other test touches."""
    return await directory.tenant()
