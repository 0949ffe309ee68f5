"""Certificates between the services are replaced under load: no call fails, and the old ones stop counting."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from cryptography import x509

from vaultaris.auth.v1 import auth_pb2, auth_pb2_grpc
from vaultaris_kit.errors import Unavailable
from vaultaris_kit.rpc.client import Peers, call
from vaultaris_kit.rpc.server import create_server
from vaultaris_kit.settings import Settings
from vaultaris_stack.certificates import certificate_path, ensure_certificates, key_path

CALLERS = 8


class Folder:
    """The three files of one service, replaced as a person or a mount would: each by a rename."""

    def __init__(self, where: Path) -> None:
        where.mkdir()
        self.ca, self.certificate, self.key = where / "ca.crt", where / "tls.crt", where / "tls.key"

    def put(self, file: Path, content: bytes) -> None:
        fresh = file.with_suffix(".new")
        fresh.write_bytes(content)
        fresh.replace(file)

    def put_pair(self, issued: Path, service: str) -> int:
        """Key first, so that for a moment the two don't fit together; returns the certificate's serial number."""
        certificate = certificate_path(issued, service).read_bytes()
        self.put(self.key, key_path(issued, service).read_bytes())
        self.put(self.certificate, certificate)
        return x509.load_pem_x509_certificate(certificate).serial_number

    def settings(self, **more: Any) -> Settings:
        return Settings(
            dev=True, server_host="127.0.0.1", grpc_port=0,
            grpc_tls_ca=self.ca, grpc_tls_cert=self.certificate, grpc_tls_key=self.key, **more,
        )  # fmt: skip


class Servicer(auth_pb2_grpc.AuthServiceServicer):
    """Tells the serial number of its caller's certificate, and from where it is connected."""

    async def GetVerificationKey(self, request: Any, context: Any) -> Any:  # noqa: N802 - gRPC's name
        (pem,) = context.auth_context()["x509_pem_cert"]
        serial = x509.load_pem_x509_certificate(pem).serial_number
        return auth_pb2.VerificationKey(kid=str(serial), algorithm=context.peer())

    async def Revoke(self, request: Any, context: Any) -> Any:  # noqa: N802 - gRPC's name
        raise NotImplementedError

    CheckRevocation = CheckRevocations = ProvisionTenant = ResolveApiKey = RecordApiKeyUse = Claim = Revoke
    EndApplicationAccess = GetClient = GetSignInResources = BeginPasskey = CompletePasskey = Revoke


class Load:
    """Calls without pause; keeps what they saw and how they failed."""

    def __init__(self, peers: Peers) -> None:
        self._peers = peers
        self.answered = 0
        self.failures: list[Exception] = []
        self.serial = 0
        self.connection = ""
        self._seen = asyncio.Condition()

    async def run(self) -> None:
        while True:
            stub = auth_pb2_grpc.AuthServiceStub(self._peers.channel("auth"))
            try:
                answer = await call(stub.GetVerificationKey, auth_pb2.GetVerificationKeyRequest(kid="any"))
            except Unavailable as failure:
                self.failures.append(failure)
                continue
            self.answered += 1
            async with self._seen:
                self.serial, self.connection = int(answer.kid), answer.algorithm
                self._seen.notify_all()

    async def until(self, wanted: Callable[[], bool]) -> None:
        async with self._seen:
            await asyncio.wait_for(self._seen.wait_for(wanted), 15)

    async def until_shown(self, serial: int) -> None:
        """Until the server has seen this certificate of its caller."""
        await self.until(lambda: self.serial == serial)


@asynccontextmanager
async def _load(port: int, caller: Folder) -> AsyncIterator[Load]:
    peers = Peers(caller.settings(auth_grpc=f"127.0.0.1:{port}"))
    load = Load(peers)
    callers = [asyncio.create_task(load.run()) for _ in range(CALLERS)]
    try:
        yield load
    finally:
        for task in callers:
            task.cancel()
        await asyncio.gather(*callers, return_exceptions=True)
        await peers.close()


async def _shown_by(port: int, issued: Path) -> int:
    """The serial number of the certificate that the server shows. Raises OSError when one of the two isn't trusted."""
    context = ssl.create_default_context(cafile=str(certificate_path(issued, "ca")))
    context.load_cert_chain(certificate_path(issued, "policy"), key_path(issued, "policy"))
    context.set_alpn_protocols(["h2"])
    reader, writer = await asyncio.open_connection("127.0.0.1", port, ssl=context, server_hostname="auth")
    try:
        shown: bytes = writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
        if not await reader.read(1):  # TLS 1.3 refuses a client's certificate after the handshake
            raise ConnectionResetError("refused")
    finally:
        writer.close()
    return x509.load_der_x509_certificate(shown).serial_number


class World:
    """Certificates of two authorities, the server's folder and its caller's."""

    def __init__(self, where: Path) -> None:
        self.first, self.renewed, self.second = where / "first", where / "renewed", where / "second"
        for issued in (self.first, self.renewed, self.second):
            issued.mkdir()
        ensure_certificates(str(self.first), "auth", "policy")
        for path in (certificate_path(self.first, "ca"), key_path(self.first, "ca")):
            (self.renewed / path.name).write_bytes(path.read_bytes())
        ensure_certificates(str(self.renewed), "auth", "policy")
        ensure_certificates(str(self.second), "auth", "policy")
        self.server, self.caller = Folder(where / "auth"), Folder(where / "policy")
        self.trust(self.first)
        self.server.put_pair(self.first, "auth")
        self.caller.put_pair(self.first, "policy")

    def trust(self, *issued: Path) -> None:
        bundle = b"".join(certificate_path(each, "ca").read_bytes() for each in issued)
        for folder in (self.server, self.caller):
            folder.put(folder.ca, bundle)


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


@pytest_asyncio.fixture
async def port(world: World) -> AsyncIterator[int]:
    server, port = create_server(world.server.settings())
    auth_pb2_grpc.add_AuthServiceServicer_to_server(Servicer(), server)
    await server.start()
    yield port
    await server.stop(0)


class TestUnderLoad:
    async def test_new_certificates_of_the_same_authority(self, world: World, port: int) -> None:
        async with _load(port, world.caller) as load:
            serial = world.caller.put_pair(world.renewed, "policy")
            await load.until_shown(serial)
            serial = world.server.put_pair(world.renewed, "auth")
            assert await _shown_by(port, world.renewed) == serial
        assert load.answered > CALLERS
        assert load.failures == []

    async def test_a_new_authority(self, world: World, port: int) -> None:
        async with _load(port, world.caller) as load:
            await load.until(lambda: load.answered > CALLERS)
            connection = load.connection
            world.trust(world.first, world.second)
            await load.until(lambda: load.connection != connection)
            shown = world.server.put_pair(world.second, "auth")
            await load.until_shown(world.caller.put_pair(world.second, "policy"))
            assert await _shown_by(port, world.second) == shown
            world.trust(world.second)
            with pytest.raises(OSError, match=r"refused|reset|unknown ca|verify failed"):
                await _shown_by(port, world.first)
            before = load.answered
            await load.until(lambda: load.answered > before + 100)
        assert load.failures == []


class TestUnusableFiles:
    async def test_what_was_read_last_goes_on_counting(self, world: World, port: int) -> None:
        shown = await _shown_by(port, world.first)
        world.server.put(world.server.key, key_path(world.renewed, "auth").read_bytes())
        assert await _shown_by(port, world.first) == shown
        world.server.put(world.server.certificate, b"no certificate")
        assert await _shown_by(port, world.first) == shown
        world.server.certificate.unlink()
        assert await _shown_by(port, world.first) == shown
        renewed = world.server.put_pair(world.renewed, "auth")
        assert await _shown_by(port, world.first) == renewed

    async def test_a_process_does_not_start_with_them(self, world: World) -> None:
        world.server.put(world.server.key, key_path(world.renewed, "auth").read_bytes())
        with pytest.raises(ValueError, match="not the certificate's"):
            create_server(world.server.settings())
