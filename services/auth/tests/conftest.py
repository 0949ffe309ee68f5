"""Auth for itself: a replica of its own beside the stack's, with a directory and sessions made for the tests."""

import contextlib
from collections.abc import AsyncIterator, Iterator, Mapping
from typing import Any, Protocol
from uuid import UUID

import pytest

from services.auth.tests.auth_browser import REDIRECT, Browser
from services.auth.tests.auth_fakes import FakeDirectory, FakeSessions, start
from services.auth.tests.auth_harness import ISSUER, AuthProcess, MakeClient, TestClient, running
from vaultaris_auth.clients import operations
from vaultaris_auth.settings import AuthSettings
from vaultaris_kit.crypto import Sealer
from vaultaris_kit.database import Database
from vaultaris_kit.ids import new_id
from vaultaris_kit.principal import SYSTEM
from vaultaris_kit.rights import RightSet


class Stack(Protocol):
    """What is used of the root's ``stack`` fixture."""

    def environ_of(self, name: str) -> dict[str, str]:
        """The environment of a service."""


@pytest.fixture(scope="session")
def directory() -> FakeDirectory:
    return FakeDirectory()


@pytest.fixture(scope="session")
def sessions() -> FakeSessions:
    return FakeSessions()


@pytest.fixture(scope="session")
async def peers_port(directory: FakeDirectory, sessions: FakeSessions) -> AsyncIterator[int]:
    server, port = await start(directory, sessions)
    yield port
    await server.stop(0)


@pytest.fixture(scope="session")
def environ(stack: Stack, peers_port: int) -> dict[str, str]:
    """The environment of a replica without mutual TLS, whose peers are the fakes."""
    theirs = stack.environ_of("auth")
    plain = {name: value for name, value in theirs.items() if not name.startswith("GRPC_TLS_")}
    peers = f"127.0.0.1:{peers_port}"
    return plain | {
        "DEV": "true", "SERVER_HOST": "127.0.0.1", "EXTERNAL_URL": ISSUER, "JWT_ISSUER": ISSUER,
        "DIRECTORY_GRPC": peers, "SESSIONS_GRPC": peers, "LOG_LEVEL": "warning",
    }  # fmt: skip


@pytest.fixture(scope="session")
def stack_issuer(stack: Stack) -> str:
    """How the stack's own auth calls itself: it works on the same tables beside the replica of these tests."""
    return stack.environ_of("auth")["JWT_ISSUER"]


@pytest.fixture(scope="session")
async def auth(environ: dict[str, str]) -> AsyncIterator[AuthProcess]:
    async with running(environ) as process:
        yield process


@pytest.fixture(scope="session")
async def database(environ: dict[str, str]) -> AsyncIterator[Database]:
    """The service's own role: row-level security holds."""
    with _environment(environ):
        settings = AuthSettings()
    opened = Database(settings, "auth")
    yield opened
    await opened.close()


@contextlib.contextmanager
def _environment(environ: Mapping[str, str]) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        for name, value in environ.items():
            patch.setenv(name, value)
        yield


@pytest.fixture(scope="session")
def sealer(environ: dict[str, str]) -> Sealer:
    """Opens what the replica sealed."""
    return Sealer(environ["ENCRYPTION_KEY"].encode())


@pytest.fixture(scope="session")
def make_client(database: Database, directory: FakeDirectory, sealer: Sealer) -> MakeClient:
    """Registers a confidential client of the home tenant that may use every grant."""

    async def make(tenant_id: UUID | None = None, **fields: Any) -> TestClient:
        fields = {
            "client_id": f"test-{new_id()}", "name": "Test",
            "allowed_grant_types": ["client_credentials", "password", "refresh_token"], **fields,
        }  # fmt: skip
        if fields.get("is_public") and "client_credentials" in fields["allowed_grant_types"]:
            fields["allowed_grant_types"] = ["password", "refresh_token"]
        home = tenant_id or directory.home
        async with database.tenant(home) as session:
            client, secret = await operations.create_client(
                session, SYSTEM, RightSet(["*:*"]), home, fields, sealer=sealer
            )
        return TestClient(client.id, client.client_id, secret)

    return make


@pytest.fixture(scope="session")
async def client(make_client: MakeClient) -> TestClient:
    return await make_client()


@pytest.fixture(scope="session")
async def admin(auth: AuthProcess, client: TestClient) -> dict[str, str]:
    """Headers of somebody who may do everything in the home tenant."""
    signed_in = await auth.sign_in(client, "admin")
    return {"Authorization": f"Bearer {signed_in['access_token']}"}


@pytest.fixture
def browser(auth: AuthProcess, database: Database, directory: FakeDirectory) -> Browser:
    """A browser in which nobody is signed in yet."""
    return Browser(auth, database, directory)


@pytest.fixture(scope="session")
async def first_party(make_client: MakeClient) -> TestClient:
    """A confidential client of the product's own: nobody is asked for consent."""
    return await make_client(
        redirect_uris=[REDIRECT], require_consent=False, allowed_grant_types=["authorization_code", "refresh_token"],
    )  # fmt: skip


@pytest.fixture(scope="session")
async def third_party(make_client: MakeClient) -> TestClient:
    """A confidential client that needs everybody's consent."""
    return await make_client(
        redirect_uris=[REDIRECT], allowed_grant_types=["authorization_code", "refresh_token"],
        allowed_scopes=["openid", "profile", "email", "users:read"],
    )  # fmt: skip
