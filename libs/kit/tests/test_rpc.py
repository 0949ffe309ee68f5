"""gRPC between services: known callers only, one error mapping, deadlines that hold."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from grpc import aio

from vaultaris.auth.v1 import auth_pb2, auth_pb2_grpc
from vaultaris_kit.context import RequestContext, current_request, enter_request
from vaultaris_kit.errors import Conflict, Invalid, NotFound, Unavailable, VaultarisError
from vaultaris_kit.rpc.client import Peers, call
from vaultaris_kit.rpc.server import create_server
from vaultaris_kit.settings import Settings
from vaultaris_stack.certificates import certificate_path, ensure_certificates, key_path


class Servicer(auth_pb2_grpc.AuthServiceServicer):
    """Answers by the kid that it is asked for."""

    async def GetVerificationKey(self, request: auth_pb2.GetVerificationKeyRequest, context: Any) -> Any:  # noqa: N802 - gRPC's name
        match request.kid:
            case "absent":
                raise NotFound("No such key.")
            case "invalid":
                raise Invalid.field("kid", "Not a kid.")
            case "clash":
                raise Conflict
            case "busy":
                raise Unavailable("Full.")
            case "fault":
                raise ZeroDivisionError("postgresql://u:hunter2@h/db")
            case "slow":
                await asyncio.sleep(5)
        seen = current_request()
        return auth_pb2.VerificationKey(kid=f"{seen.request_id} {seen.address}", algorithm=seen.peer or "")

    async def Revoke(self, request: Any, context: Any) -> Any:  # noqa: N802 - as above
        raise NotFound

    CheckRevocation = CheckRevocations = ProvisionTenant = ResolveApiKey = RecordApiKeyUse = Claim = Revoke
    EndApplicationAccess = GetClient = GetSignInResources = Revoke
    BeginPasskey = CompletePasskey = Revoke


def _settings(folder: Path, name: str, **more: Any) -> Settings:
    return Settings(
        dev=True, server_host="127.0.0.1", grpc_port=0, grpc_tls_ca=certificate_path(folder, "ca"),
        grpc_tls_cert=certificate_path(folder, name), grpc_tls_key=key_path(folder, name), **more,
    )  # fmt: skip


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tls")
    ensure_certificates(str(folder), "auth", "policy", "intruder")
    return folder


@pytest_asyncio.fixture(scope="module")
async def port(certificates: Path) -> AsyncIterator[int]:
    server, port = create_server(_settings(certificates, "auth"))
    auth_pb2_grpc.add_AuthServiceServicer_to_server(Servicer(), server)
    await server.start()
    yield port
    await server.stop(0)


async def _ask(folder: Path, name: str, port: int, kid: str, *, timeout: float = 2) -> auth_pb2.VerificationKey:
    peers = Peers(_settings(folder, name, auth_grpc=f"127.0.0.1:{port}"))
    try:
        stub = auth_pb2_grpc.AuthServiceStub(peers.channel("auth"))
        return await call(stub.GetVerificationKey, auth_pb2.GetVerificationKeyRequest(kid=kid), timeout=timeout)
    finally:
        await peers.close()


class TestCall:
    async def test_the_callee_knows_caller_and_request(self, certificates: Path, port: int) -> None:
        enter_request(RequestContext(request_id="r-1", address="192.0.2.7"))
        answer = await _ask(certificates, "policy", port, "any")
        assert (answer.kid, answer.algorithm) == ("r-1 192.0.2.7", "policy")

    @pytest.mark.parametrize(
        ("kid", "kind"), [("absent", NotFound), ("invalid", Invalid), ("clash", Conflict), ("busy", Unavailable)]
    )
    async def test_refusals_arrive_as_they_left(
        self, certificates: Path, port: int, kid: str, kind: type[VaultarisError]
    ) -> None:
        with pytest.raises(kind) as refusal:
            await _ask(certificates, "policy", port, kid)
        if kid == "invalid":
            assert refusal.value.details == [{"field": "kid", "message": "Not a kid.", "code": "invalid"}]

    async def test_a_fault_tells_nothing(self, certificates: Path, port: int) -> None:
        with pytest.raises(VaultarisError) as fault:
            await _ask(certificates, "policy", port, "fault")
        assert fault.value.status == 500
        assert "hunter2" not in str(fault.value)

    async def test_the_deadline_holds(self, certificates: Path, port: int) -> None:
        with pytest.raises(Unavailable):
            await _ask(certificates, "policy", port, "slow", timeout=0.2)

    async def test_nobody_there(self, certificates: Path) -> None:
        with pytest.raises(Unavailable):
            await _ask(certificates, "policy", 1, "any", timeout=1)


class TestMutualTls:
    async def test_a_certificate_in_no_services_name_is_refused(self, certificates: Path, port: int) -> None:
        with pytest.raises(VaultarisError):
            await _ask(certificates, "intruder", port, "any")

    async def test_another_authority_is_refused(self, port: int, tmp_path: Path) -> None:
        ensure_certificates(str(tmp_path), "policy")
        with pytest.raises(Unavailable):
            await _ask(tmp_path, "policy", port, "any", timeout=1)

    async def test_plain_text_is_refused(self, port: int) -> None:
        async with aio.insecure_channel(f"127.0.0.1:{port}") as channel:
            stub = auth_pb2_grpc.AuthServiceStub(channel)
            with pytest.raises(Unavailable):
                await call(stub.GetVerificationKey, auth_pb2.GetVerificationKeyRequest(kid="any"), timeout=1)

    async def test_a_server_in_another_name_is_not_trusted(self, certificates: Path) -> None:
        server, port = create_server(_settings(certificates, "policy"))
        auth_pb2_grpc.add_AuthServiceServicer_to_server(Servicer(), server)
        await server.start()
        with pytest.raises(Unavailable):
            await _ask(certificates, "policy", port, "any", timeout=1)
        await server.stop(0)
