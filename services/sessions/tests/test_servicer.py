"""Sessions over gRPC, asked of the running service with its peers' certificates."""

from typing import TYPE_CHECKING
from uuid import UUID

import pytest

from vaultaris.sessions.v1.sessions_pb2 import (
    EndClientSessionsRequest,
    EndSessionRequest,
    GetSessionRequest,
    StartSessionRequest,
)
from vaultaris.sessions.v1.sessions_pb2_grpc import SessionsServiceStub
from vaultaris_kit.errors import Invalid, NotFound
from vaultaris_kit.ids import new_id
from vaultaris_kit.rpc.client import Peers, call

if TYPE_CHECKING:
    from vaultaris.sessions.v1.sessions_pb2_grpc import SessionsServiceAsyncStub


@pytest.fixture
async def stub(peers: Peers) -> "SessionsServiceAsyncStub":
    return SessionsServiceStub(peers.channel("sessions"))


async def test_a_session_from_its_beginning_to_its_end(stub: "SessionsServiceAsyncStub", tenant_id: UUID) -> None:
    begin = StartSessionRequest(id=str(new_id()), tenant_id=str(tenant_id), user_id=str(new_id()), auth_method="pwd")
    first, again = await call(stub.StartSession, begin), await call(stub.StartSession, begin)
    assert first == again
    assert first.is_active

    which = GetSessionRequest(tenant_id=begin.tenant_id, id=begin.id)
    assert await call(stub.GetSession, which) == first
    for _ in range(2):
        await call(stub.EndSession, EndSessionRequest(tenant_id=begin.tenant_id, id=begin.id, reason="logout"))
    assert not (await call(stub.GetSession, which)).is_active


async def test_another_tenant_does_not_see_it(stub: "SessionsServiceAsyncStub", tenant_id: UUID) -> None:
    begin = StartSessionRequest(id=str(new_id()), tenant_id=str(tenant_id), user_id=str(new_id()))
    await call(stub.StartSession, begin)
    with pytest.raises(NotFound):
        await call(stub.GetSession, GetSessionRequest(tenant_id=str(new_id()), id=begin.id))


async def test_a_bad_id_is_refused_by_name(stub: "SessionsServiceAsyncStub", tenant_id: UUID) -> None:
    with pytest.raises(Invalid) as refusal:
        await call(stub.GetSession, GetSessionRequest(tenant_id=str(tenant_id), id="none"))
    assert refusal.value.details[0]["field"] == "id"


async def test_sessions_at_certain_clients_end(stub: "SessionsServiceAsyncStub", tenant_id: UUID) -> None:
    user_id, moment = str(new_id()), 1_700_000_000_000
    begun = [
        StartSessionRequest(
            id=str(new_id()), tenant_id=str(tenant_id), user_id=user, client_id=client, created_at_ms=moment + after
        )
        for user, client, after in (
            (user_id, "shop", 0), (user_id, "desk", 0), (user_id, "shop", 5), (str(new_id()), "shop", 0),
        )
    ]  # fmt: skip
    for each in begun:
        await call(stub.StartSession, each)
    ask = EndClientSessionsRequest(
        tenant_id=str(tenant_id), user_id=user_id, client_ids=["shop", "till"], begun_by_ms=moment
    )
    assert list((await call(stub.EndClientSessions, ask)).session_ids) == [begun[0].id]
    assert not (await call(stub.EndClientSessions, ask)).session_ids
    ask.begun_by_ms = 0
    assert list((await call(stub.EndClientSessions, ask)).session_ids) == [begun[2].id]
