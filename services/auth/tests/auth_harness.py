"""What the tests of auth share: a running replica, its clients, its tokens."""

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

import httpx
from grpc import aio

from services.auth.tests.auth_fakes import PASSWORD, FakeDirectory
from vaultaris.auth.v1.auth_pb2_grpc import AuthServiceStub
from vaultaris_kit.ids import new_id
from vaultaris_stack.ports import free_port

if TYPE_CHECKING:
    from vaultaris.auth.v1.auth_pb2_grpc import AuthServiceAsyncStub

ISSUER = "https://id.example.com"
Headers = dict[str, str]


@dataclass
class AuthProcess:
    """A running replica."""

    http: httpx.AsyncClient
    stub: "AuthServiceAsyncStub"
    channel: aio.Channel
    process: asyncio.subprocess.Process

    @contextlib.contextmanager
    def hanging(self) -> Iterator[None]:
        """Meanwhile it does nothing at all, as on a machine that has no time for it."""
        self.process.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self.process.send_signal(signal.SIGCONT)

    async def token(self, client: "TestClient", **form: str) -> httpx.Response:
        """``POST /oauth/token`` with the client's credentials in the form."""
        return await self.http.post("/oauth/token", data={**client.form, **form})

    async def sign_in(self, client: "TestClient", username: str = "bob", **form: str) -> dict[str, Any]:
        """The answer to a password grant that must succeed."""
        answer = await self.token(client, grant_type="password", username=username, password=PASSWORD, **form)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    async def own_token(self, client: "TestClient", **form: str) -> str:
        """An access token by client credentials."""
        answer = await self.token(client, grant_type="client_credentials", **form)
        assert answer.status_code == 200, answer.text
        return str(answer.json()["access_token"])

    async def is_active(self, client: "TestClient", token: str) -> bool:
        """What introspection says."""
        answer = await self.http.post("/oauth/introspect", data={**client.form, "token": token})
        assert answer.status_code == 200, answer.text
        return bool(answer.json()["active"])


@dataclass(frozen=True)
class TestClient:
    """A registered client."""

    __test__ = False

    row_id: UUID
    client_id: str
    secret: str

    @property
    def form(self) -> dict[str, str]:
        return {"client_id": self.client_id} | ({"client_secret": self.secret} if self.secret else {})


MakeClient = Callable[..., Awaitable[TestClient]]


async def headers_of(auth: AuthProcess, client: TestClient, directory: FakeDirectory, *rights: str) -> Headers:
    """Those of a new user of the home tenant who holds ``rights``."""
    user = directory.add_user(f"user-{new_id()}", rights=list(rights))
    return {"Authorization": f"Bearer {(await auth.sign_in(client, user.username))['access_token']}"}


@contextlib.asynccontextmanager
async def running(environ: Mapping[str, str]) -> AsyncIterator[AuthProcess]:
    """A replica, ready."""
    http_port, grpc_port = free_port(), free_port()
    ports = {"SERVER_PORT": str(http_port), "GRPC_PORT": str(grpc_port)}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "vaultaris_auth", env={**os.environ, **environ, **ports}
    )
    try:
        async with (
            httpx.AsyncClient(base_url=f"http://127.0.0.1:{http_port}", timeout=20) as http,
            aio.insecure_channel(f"127.0.0.1:{grpc_port}") as channel,
        ):
            await _ready(http, process)
            yield AuthProcess(http, AuthServiceStub(channel), channel, process)
    finally:
        process.terminate()
        await asyncio.wait_for(process.wait(), 30)


async def _ready(http: httpx.AsyncClient, process: asyncio.subprocess.Process) -> None:
    async with asyncio.timeout(90):
        while process.returncode is None:
            with contextlib.suppress(httpx.TransportError):
                if (await http.get("/readyz")).status_code == 200:
                    return
            await asyncio.sleep(0.05)
    raise AssertionError("auth did not start")


async def eventually(holds: Callable[[], Awaitable[bool]], *, within: float = 15.0) -> None:
    """Waits until ``holds``."""
    async with asyncio.timeout(within):
        while not await holds():  # noqa: ASYNC110 - what is waited for lives in another process
            await asyncio.sleep(0.05)
