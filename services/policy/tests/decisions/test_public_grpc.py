"""The public gRPC API through the gateway, as an application would use it."""

import asyncio
import re
import uuid
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import grpc
import pytest
import pytest_asyncio
from google.protobuf.json_format import MessageToDict
from google.rpc.error_details_pb2 import BadRequest
from google.rpc.status_pb2 import Status
from grpc import aio
from grpc_health.v1.health_pb2 import HealthCheckRequest, HealthCheckResponse
from grpc_health.v1.health_pb2_grpc import HealthStub
from grpc_reflection.v1alpha.reflection_pb2 import ServerReflectionRequest, ServerReflectionResponse

from tests.e2e.world import Api, Company, World, unique
from vaultaris.decisions.v1.decisions_pb2 import (
    BatchCheckRequest,
    CheckApiKeyRequest,
    CheckRequest,
    DecisionsInvalidated,
    WatchDecisionsInvalidatedRequest,
)
from vaultaris.decisions.v1.decisions_pb2_grpc import DecisionServiceStub
from vaultaris.directory.v1.directory_pb2 import GetTenantRequest
from vaultaris.directory.v1.directory_pb2_grpc import DirectoryServiceStub
from vaultaris.policy.v1.policy_pb2 import CheckPermissionRequest
from vaultaris.policy.v1.policy_pb2_grpc import PolicyServiceStub

README = Path(__file__).parents[4] / "proto" / "README.md"
SERVICE = "vaultaris.decisions.v1.DecisionService"
OFFICE = {"attribute": "environment.ip_address", "operator": "ip_in_range", "value": ["10.0.0.0/8"]}


@pytest_asyncio.fixture(scope="module")
async def channel(world: World) -> AsyncIterator[Any]:
    """The gateway's own port."""
    async with aio.insecure_channel(world.url.removeprefix("http://")) as opened:
        yield opened


@pytest.fixture
def stub(channel: Any) -> Any:
    return DecisionServiceStub(channel)


def bearer(api: Api) -> Any:
    return [("authorization", f"Bearer {api.token}")]


async def refusal(call: Any) -> aio.AioRpcError:
    with pytest.raises(aio.AioRpcError) as refused:
        await call
    return refused.value


async def code_of(call: Any) -> str:
    return str((await refusal(call)).code().name)


def asked(user: dict[str, Any], **fields: Any) -> CheckRequest:
    return CheckRequest(**{"user_id": user["id"], "resource": "orders:42", "action": "read", **fields})


async def key_of(company: Company, **fields: Any) -> Any:
    made = await company.admin.create(f"{company.path}/api-keys", {"name": "app", **fields})
    return [("x-api-key", made["secret"])]


class TestCheck:
    async def test_with_a_token_and_with_a_key(self, company: Company, checker: Api, stub: Any) -> None:
        user = await company.add_user()
        key = await key_of(company, scopes=["integration:check"])
        for metadata in (bearer(checker), key):
            assert not (await stub.Check(asked(user), metadata=metadata)).allowed
        await company.give(user, await company.add_role("orders:read"))
        for metadata in (bearer(checker), key):
            answer = await stub.Check(asked(user, tenant_id=company.id), metadata=metadata)
            assert answer.allowed
            assert answer.reason.startswith("The permission orders:read is held through the role")

    async def test_context_and_trace(self, company: Company, checker: Api, stub: Any) -> None:
        user = await company.add_user()
        body = {"name": "office", "effect": "allow", "resource_pattern": "orders:*", "actions": ["read"]}
        await company.admin.create(f"{company.path}/policies", {**body, "conditions": OFFICE})
        request = asked(user, explain=True)
        request.context.update({"environment": {"ip_address": "10.1.2.3"}})
        answer = await stub.Check(request, metadata=bearer(checker))
        assert (answer.allowed, answer.matched_policy) == (True, "office")
        assert MessageToDict(answer.trace)["decided_by"] == "policy"

    async def test_a_batch(self, company: Company, checker: Api, stub: Any) -> None:
        user = await company.add_user()
        await company.give(user, await company.add_role("orders:read"))
        questions = [BatchCheckRequest.Question(resource="orders", action=action) for action in ("read", "write")]
        request = BatchCheckRequest(user_id=user["id"], questions=questions * 50)
        answer = await stub.BatchCheck(request, metadata=bearer(checker))
        assert [each.allowed for each in answer.results] == [True, False] * 50
        assert not answer.all_allowed
        request.questions.add(resource="orders", action="read")
        assert await code_of(stub.BatchCheck(request, metadata=bearer(checker))) == "INVALID_ARGUMENT"

    async def test_a_key_about_itself(self, company: Company, checker: Api, stub: Any) -> None:
        key = await key_of(company, scopes=["orders:read"])
        assert (await stub.CheckApiKey(CheckApiKeyRequest(resource="orders", action="read"), metadata=key)).allowed
        denied = await stub.CheckApiKey(CheckApiKeyRequest(resource="orders", action="write"), metadata=key)
        assert not denied.allowed
        request = CheckApiKeyRequest(resource="orders", action="read")
        assert await code_of(stub.CheckApiKey(request, metadata=bearer(checker))) == "PERMISSION_DENIED"

    async def test_the_client_of_the_readme(self, world: World, company: Company) -> None:
        (source,) = re.findall(r"```python\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
        assert len(source.splitlines()) <= 10
        scope: dict[str, Any] = {}
        exec(compile(source, str(README), "exec"), scope)  # noqa: S102 - our own page
        user = await company.add_user()
        await company.give(user, await company.add_role("orders:read"))
        ((_, key),) = await key_of(company, scopes=["integration:check"])
        target = world.url.removeprefix("http://")
        told = await asyncio.to_thread(scope["may"], target, key, user["id"], "orders", "read")
        assert told is True


class TestRefusals:
    async def test_strangers(self, company: Company, stub: Any, world: World) -> None:
        user = await company.add_user()
        other = await world.add_company()
        powerless, foreign = await company.machine("users:read"), await other.machine("integration:check")
        assert await code_of(stub.Check(asked(user))) == "UNAUTHENTICATED"
        assert await code_of(stub.Check(asked(user), metadata=[("authorization", "Bearer x")])) == "UNAUTHENTICATED"
        assert await code_of(stub.Check(asked(user), metadata=bearer(powerless))) == "PERMISSION_DENIED"
        request = asked(user, tenant_id=company.id)
        assert await code_of(stub.Check(request, metadata=bearer(foreign))) == "PERMISSION_DENIED"
        assert await code_of(stub.Check(asked(user), metadata=bearer(foreign))) == "NOT_FOUND"

    async def test_a_spoofed_address_is_not_believed(self, company: Company, stub: Any) -> None:
        key = await key_of(company, ip_restrictions=["192.0.2.0/24"])
        spoofed = [*key, ("x-envoy-external-address", "192.0.2.1"), ("x-forwarded-for", "192.0.2.1")]
        user = await company.add_user()
        assert await code_of(stub.Check(asked(user), metadata=spoofed)) == "PERMISSION_DENIED"

    @pytest.mark.parametrize(
        ("fields", "field"),
        [
            ({"user_id": "7"}, "user_id"),
            ({"tenant_id": "7"}, "tenant_id"),
            ({"resource": ""}, "resource"),
            ({"resource": "x" * 513}, "resource"),
            ({"action": "a\x00b"}, "action"),
            ({"at_least_as_fresh": "yesterday"}, "at_least_as_fresh"),
        ],
    )
    async def test_what_is_wrong_is_told(
        self, company: Company, checker: Api, stub: Any, fields: dict[str, str], field: str
    ) -> None:
        fault = await refusal(stub.Check(asked(company.admin_user, **fields), metadata=bearer(checker)))
        assert fault.code() is grpc.StatusCode.INVALID_ARGUMENT
        packed = dict(fault.trailing_metadata() or ())["grpc-status-details-bin"]
        assert isinstance(packed, bytes)
        told = BadRequest()
        assert any(detail.Unpack(told) for detail in Status.FromString(packed).details if detail.Is(told.DESCRIPTOR))
        assert [each.field for each in told.field_violations] == [field]

    async def test_bombs(self, company: Company, checker: Api, stub: Any) -> None:
        large, wide, deep, deeper, nul = (asked(company.admin_user) for _ in range(5))
        nul.context.update({"x": ["a\x00b"]})
        large.context.update({"x": "y" * 70_000})
        wide.context.update({str(number): number for number in range(9_000)})
        for bomb, depth in ((deep, 20), (deeper, 70)):
            inner = bomb.context
            for _ in range(depth):
                inner = inner.get_or_create_struct("x")
        for bomb in (large, wide, deeper, nul):
            assert await code_of(stub.Check(bomb, metadata=bearer(checker))) == "INVALID_ARGUMENT"
        assert (await stub.Check(deep, metadata=bearer(checker))).allowed is not None
        huge = asked(company.admin_user, resource="x" * 2_000_000)
        assert await code_of(stub.Check(huge, metadata=bearer(checker))) in ("RESOURCE_EXHAUSTED", "INVALID_ARGUMENT")

    async def test_deadlines_hold(self, company: Company, checker: Api, stub: Any) -> None:
        call = stub.Check(asked(company.admin_user), metadata=bearer(checker), timeout=0.0001)
        assert await code_of(call) == "DEADLINE_EXCEEDED"

    async def test_nothing_internal_is_exposed(self, company: Company, checker: Api, channel: Any) -> None:
        request = CheckPermissionRequest(tenant_id=company.id, user_id=company.admin_user["id"])
        internal = (
            PolicyServiceStub(channel).CheckPermission(request, metadata=bearer(checker)),
            DirectoryServiceStub(channel).GetTenant(GetTenantRequest(id=company.id), metadata=bearer(checker)),
        )
        for call in internal:
            assert await code_of(call) == "UNIMPLEMENTED"


health: Any = HealthStub


class TestServer:
    async def test_health(self, channel: Any) -> None:
        for service in ("", SERVICE):
            told = await health(channel).Check(HealthCheckRequest(service=service))
            assert told.status == HealthCheckResponse.SERVING

    @pytest.mark.parametrize("version", ["v1", "v1alpha"])
    async def test_reflection(self, channel: Any, version: str) -> None:
        call = _stream(channel, f"/grpc.reflection.{version}.ServerReflection/ServerReflectionInfo")
        await call.write(ServerReflectionRequest(list_services=""))
        told = await call.read()  # before the client is done: nothing waits for the end of its stream
        names = {each.name for each in told.list_services_response.service}
        assert SERVICE in names
        assert not {name for name in names if name.startswith("vaultaris.")} - {SERVICE}
        for symbol in (SERVICE, f"{SERVICE}.Check", "vaultaris.decisions.v1.CheckRequest"):
            await call.write(ServerReflectionRequest(file_containing_symbol=symbol))
            assert (await call.read()).file_descriptor_response.file_descriptor_proto, symbol
        await call.done_writing()

    async def test_a_stream_that_is_none_of_ours_is_refused_at_once(self, channel: Any) -> None:
        call = _stream(channel, "/vaultaris.directory.v1.DirectoryService/Anything")
        async with asyncio.timeout(5):
            assert await call.code() == grpc.StatusCode.UNIMPLEMENTED


def _stream(channel: Any, method: str) -> Any:
    return channel.stream_stream(
        method,
        request_serializer=ServerReflectionRequest.SerializeToString,
        response_deserializer=ServerReflectionResponse.FromString,
    )()


class Watch:
    """A client that watches."""

    def __init__(self, stub: Any, api: Api, **request: str) -> None:
        self._call = stub.WatchDecisionsInvalidated(WatchDecisionsInvalidatedRequest(**request), metadata=bearer(api))

    async def next(self) -> DecisionsInvalidated:
        async with asyncio.timeout(20):
            message = await self._call.read()
        assert isinstance(message, DecisionsInvalidated), message
        return message

    async def until(self, wanted: Any) -> DecisionsInvalidated:
        """The first message that is ``wanted``."""
        while not wanted(message := await self.next()):
            pass
        return message

    def end(self) -> None:
        self._call.cancel()


class TestWatch:
    async def test_tells_of_users_and_of_everything(
        self, company: Company, checker: Api, stub: Any, world: World
    ) -> None:
        user, other = await company.add_user(), await world.add_company()
        watch = Watch(stub, checker)
        assert (await watch.next()).everything
        stranger = await other.add_user()
        await company.admin.update(f"{company.path}/users/{user['id']}", {"display_name": "Ada"})
        told = await watch.until(lambda each: user["id"] in each.user_ids)
        assert stranger["id"] not in told.user_ids
        assert told.consistency_token
        await company.add_role()
        assert (await watch.until(lambda each: each.everything)).cursor
        watch.end()

    async def test_goes_on_where_it_left_off(self, company: Company, checker: Api, stub: Any) -> None:
        users = [await company.add_user() for _ in range(2)]
        watch = Watch(stub, checker)
        await watch.next()
        await company.admin.update(f"{company.path}/users/{users[0]['id']}", {"display_name": "Ada"})
        cursor = (await watch.until(lambda each: users[0]["id"] in each.user_ids)).cursor
        watch.end()
        await company.admin.update(f"{company.path}/users/{users[1]['id']}", {"display_name": "Bea"})
        again = Watch(stub, checker, resume_after=cursor)
        await again.until(lambda each: users[1]["id"] in each.user_ids)
        again.end()

    async def test_an_unknown_cursor_means_everything(self, company: Company, checker: Api, stub: Any) -> None:
        watch = Watch(stub, checker, resume_after=str(uuid.uuid4()))
        assert (await watch.next()).everything
        watch.end()

    async def test_ends_with_its_credential_however_busy(self, company: Company, stub: Any) -> None:
        watcher, other = await company.add_user(), await company.add_user()
        await company.give(watcher, await company.add_role("integration:check"))
        watch = Watch(stub, await company.signed_in(watcher))
        await watch.next()
        await company.admin.update(f"{company.path}/users/{watcher['id']}", {"status": "inactive"})
        with pytest.raises(aio.AioRpcError) as refused:
            async with asyncio.timeout(10):
                while True:
                    await company.admin.update(f"{company.path}/users/{other['id']}", {"display_name": unique("name")})
                    await watch.next()
        assert refused.value.code() is grpc.StatusCode.UNAUTHENTICATED

    async def test_strangers(self, world: World, stub: Any) -> None:
        watch = Watch(stub, world.public.with_token("x"))
        assert await code_of(watch.next()) == "UNAUTHENTICATED"
