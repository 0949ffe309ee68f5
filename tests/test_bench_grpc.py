"""The load generator's HTTP/2, against the server that every service has."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from bench.connection import BrokenAnswer
from bench.grpc_connection import GrpcConnection, compose_call
from vaultaris.auth.v1 import auth_pb2, auth_pb2_grpc
from vaultaris_kit.errors import NotFound
from vaultaris_kit.rpc.server import create_server
from vaultaris_kit.settings import Settings
from vaultaris_stack.certificates import certificate_path, ensure_certificates, key_path

PATH = "/vaultaris.auth.v1.AuthService/GetVerificationKey"
SEVERAL_FRAMES = 50_000


class Servicer(auth_pb2_grpc.AuthServiceServicer):
    """Answers with what it is asked for, over and over."""

    async def GetVerificationKey(self, request: auth_pb2.GetVerificationKeyRequest, _context: Any) -> Any:  # noqa: N802 - gRPC's name
        if request.kid == "absent":
            raise NotFound
        return auth_pb2.VerificationKey(kid=request.kid, algorithm="x" * SEVERAL_FRAMES)


@pytest_asyncio.fixture
async def connection(tmp_path: Path) -> AsyncIterator[GrpcConnection]:
    ensure_certificates(str(tmp_path), "auth", "policy")
    settings = Settings(
        dev=True, server_host="127.0.0.1", grpc_port=0, grpc_tls_ca=certificate_path(tmp_path, "ca"),
        grpc_tls_cert=certificate_path(tmp_path, "auth"), grpc_tls_key=key_path(tmp_path, "auth"),
    )  # fmt: skip
    server, port = create_server(settings)
    auth_pb2_grpc.add_AuthServiceServicer_to_server(Servicer(), server)  # type: ignore[abstract]  # one method is enough here
    await server.start()
    files = {
        "ca": str(certificate_path(tmp_path, "ca")),
        "cert": str(certificate_path(tmp_path, "policy")),
        "key": str(key_path(tmp_path, "policy")),
    }
    opened = await GrpcConnection.open(f"127.0.0.1:{port}", "auth", files)
    yield opened
    opened.close()
    await server.stop(0)


async def _ask(connection: GrpcConnection, kid: str) -> auth_pb2.VerificationKey:
    request = auth_pb2.GetVerificationKeyRequest(kid=kid).SerializeToString()
    return auth_pb2.VerificationKey.FromString(await connection.ask(compose_call("auth", PATH, request)))


class TestGrpcConnection:
    async def test_each_call_gets_its_own_answer(self, connection: GrpcConnection) -> None:
        names = [f"key-{number}" for number in range(50)]
        answers = await asyncio.gather(*(_ask(connection, name) for name in names))
        assert [answer.kid for answer in answers] == names
        assert {len(answer.algorithm) for answer in answers} == {SEVERAL_FRAMES}

    async def test_a_refusal_is_no_answer(self, connection: GrpcConnection) -> None:
        with pytest.raises(BrokenAnswer):
            await _ask(connection, "absent")
        assert (await _ask(connection, "there")).kid == "there"

    async def test_a_closed_connection_asks_nothing(self, connection: GrpcConnection) -> None:
        connection.close()
        with pytest.raises(BrokenAnswer):
            await _ask(connection, "there")
