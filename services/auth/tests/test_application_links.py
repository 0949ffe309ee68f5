"""OAuth clients and identity providers of applications: made inside, linked, gone with them."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import grpc
import nats
import pytest
from grpc import aio

from services.auth.tests.auth_fakes import FakeDirectory
from services.auth.tests.auth_harness import AuthProcess, Headers, TestClient, eventually, headers_of
from vaultaris.applications.v1.applications_pb2 import CountOwnedRequest
from vaultaris.applications.v1.applications_pb2_grpc import ApplicationResourcesServiceStub
from vaultaris.auth.v1.auth_pb2 import GetClientRequest, GetSignInResourcesRequest
from vaultaris_kit.events import encode_event, new_event
from vaultaris_kit.ids import new_id
from vaultaris_kit.principal import SYSTEM

Bodies = dict[str, Callable[[], dict[str, Any]]]

BODIES: Bodies = {
    "clients": lambda: {"name": f"c-{new_id()}", "redirect_uris": []},
    "identity-providers": lambda: {"name": f"i-{new_id()}", "provider_type": "github"},
}


@pytest.fixture(params=BODIES)
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def application(directory: FakeDirectory) -> UUID:
    return directory.add_application()


@pytest.fixture
def tenant_path(directory: FakeDirectory) -> str:
    return f"/api/v1/tenants/{directory.home}"


@pytest.fixture
def path(tenant_path: str, application: UUID, kind: str) -> str:
    return f"{tenant_path}/applications/{application}/{kind}"


Call = Callable[..., Awaitable[Any]]


@pytest.fixture
def call(auth: AuthProcess, admin: Headers) -> Call:
    """The body of an answer that must have a status: ``await call(201, "POST", path, {...})``."""

    async def make(status: int, method: str, path: str, body: Any = None, headers: Headers = admin) -> Any:
        answer = await auth.http.request(method, path, json=body, headers=headers)
        assert answer.status_code == status, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json() if answer.content else None

    return make


def thing_of(answer: Any) -> dict[str, Any]:
    """The object in the answer to a create."""
    data: dict[str, Any] = answer["data"]
    thing: dict[str, Any] = data.get("client", data)
    return thing


class TestMaking:
    async def test_inside(self, call: Call, path: str, tenant_path: str, kind: str) -> None:
        made = thing_of(await call(201, "POST", path, BODIES[kind]()))
        assert (made["is_owned"], made["is_inherited"], made["linked_at"] > "2026") == (True, False, True)
        page = await call(200, "GET", path)
        assert (page["total"], "success" in page) == (1, False)
        assert page["data"] == [made]
        alone = (await call(200, "GET", f"{tenant_path}/{kind}/{made['id']}"))["data"]
        assert alone.items() <= made.items()

    async def test_half_a_success_is_none(self, call: Call, path: str, tenant_path: str, kind: str) -> None:
        body = BODIES[kind]()
        unique = "client_id" if kind == "clients" else "name"
        body[unique] = f"taken-{new_id()}"
        await call(201, "POST", f"{tenant_path}/{kind}", body)
        await call(409, "POST", path, body)
        refused = await call(422, "POST", path, {**body, "name": 7})
        assert refused["details"][0]["field"] == "name"
        assert (await call(200, "GET", path))["total"] == 0

    async def test_needs_the_kinds_right_too(
        self, auth: AuthProcess, client: TestClient, directory: FakeDirectory, call: Call, path: str, kind: str
    ) -> None:
        linker = await headers_of(auth, client, directory, "applications:link")
        await call(403, "POST", path, BODIES[kind](), linker)
        maker = await headers_of(auth, client, directory, f"{kind}:create")
        await call(403, "POST", path, BODIES[kind](), maker)
        both = await headers_of(auth, client, directory, f"{kind}:create", "applications:link")
        await call(201, "POST", path, BODIES[kind](), both)
        await call(403, "GET", path, None, both)

    async def test_nobody_gives_away_rights_they_lack(
        self, auth: AuthProcess, client: TestClient, directory: FakeDirectory, call: Call, path: str, kind: str
    ) -> None:
        both = await headers_of(auth, client, directory, f"{kind}:create", "applications:link")
        more = {"allowed_scopes": ["users:delete"]} if kind == "clients" else {"default_roles": ["boss"]}
        await call(403, "POST", path, {**BODIES[kind](), **more}, both)


class TestLinking:
    async def test_again_and_unlinked(self, call: Call, path: str, tenant_path: str, kind: str) -> None:
        thing = thing_of(await call(201, "POST", f"{tenant_path}/{kind}", BODIES[kind]()))
        for _ in range(2):
            await call(204, "POST", f"{path}/link/{thing['id']}", {"is_inherited": True})
        linked = (await call(200, "GET", path))["data"][0]
        assert (linked["id"], linked["is_inherited"], linked["is_owned"]) == (thing["id"], True, False)
        for _ in range(2):
            await call(204, "DELETE", f"{path}/link/{thing['id']}")
        assert (await call(200, "GET", path))["total"] == 0
        await call(200, "GET", f"{tenant_path}/{kind}/{thing['id']}")

    async def test_by_a_body_and_many_at_once(self, call: Call, path: str, tenant_path: str, kind: str) -> None:
        ids = [thing_of(await call(201, "POST", f"{tenant_path}/{kind}", BODIES[kind]()))["id"] for _ in range(3)]
        for each in ids:
            await call(204, "POST", path, {"resource_id": each})
        await call(204, "DELETE", f"{path}?resource_id={ids[0]}", {"resource_ids": [ids[1]]})
        assert [each["id"] for each in (await call(200, "GET", path))["data"]] == [ids[2]]
        await call(422, "DELETE", path)

    async def test_what_is_deleted_is_linked_no_more(self, call: Call, path: str, tenant_path: str, kind: str) -> None:
        made = thing_of(await call(201, "POST", path, BODIES[kind]()))
        await call(204, "DELETE", f"{tenant_path}/{kind}/{made['id']}")
        assert (await call(200, "GET", path))["total"] == 0

    async def test_pages_search_and_sort(self, call: Call, path: str, kind: str) -> None:
        names = sorted([thing_of(await call(201, "POST", path, BODIES[kind]()))["name"] for _ in range(3)])
        page = await call(200, "GET", f"{path}?per_page=2&page=2&sort=name&order=asc")
        assert ([each["name"] for each in page["data"]], page["total"]) == (names[2:], 3)
        assert (await call(200, "GET", f"{path}?search={names[0]}"))["total"] == 1
        await call(422, "GET", f"{path}?sort=no_such")

    async def test_linking_while_it_is_deleted(
        self, auth: AuthProcess, admin: Headers, call: Call, path: str, tenant_path: str, kind: str
    ) -> None:
        thing = thing_of(await call(201, "POST", f"{tenant_path}/{kind}", BODIES[kind]()))
        answers = await asyncio.gather(
            *(auth.http.post(f"{path}/link/{thing['id']}", json={}, headers=admin) for _ in range(5)),
            auth.http.delete(f"{tenant_path}/{kind}/{thing['id']}", headers=admin),
        )
        assert answers[-1].status_code == 204
        assert {answer.status_code for answer in answers[:-1]} <= {204, 404, 409}, [each.text for each in answers]
        assert (await call(200, "GET", path))["total"] == 0

    async def test_absent_applications_and_things(
        self, call: Call, path: str, tenant_path: str, application: UUID, directory: FakeDirectory, kind: str
    ) -> None:
        await call(404, "POST", f"{path}/link/{new_id()}", {})
        nowhere = path.replace(str(application), str(new_id()))
        await call(404, "GET", nowhere)
        await call(404, "POST", nowhere, BODIES[kind]())
        await call(404, "DELETE", f"{nowhere}/link/{new_id()}")
        directory.applications[str(application)].tenant_id = str(directory.other)
        await call(404, "GET", path)

    async def test_oauth_clients_are_the_same(
        self, call: Call, tenant_path: str, application: UUID, directory: FakeDirectory
    ) -> None:
        alias = f"{tenant_path}/applications/{application}/oauth-clients"
        made = thing_of(await call(201, "POST", alias, BODIES["clients"]()))
        assert [each["id"] for each in (await call(200, "GET", alias.replace("oauth-", "")))["data"]] == [made["id"]]
        await call(204, "DELETE", f"{alias}/link/{made['id']}")
        await call(204, "POST", f"{alias}/link/{made['id']}", {})
        assert (await call(200, "GET", alias))["data"][0]["is_owned"] is False


class TestApplicationId:
    """A client's ``application_id`` is the link of the application that it was made in."""

    async def test_made_moved_and_taken_out(
        self, call: Call, tenant_path: str, application: UUID, directory: FakeDirectory
    ) -> None:
        body = {**BODIES["clients"](), "application_id": str(application)}
        client = thing_of(await call(201, "POST", f"{tenant_path}/clients", body))
        one = f"{tenant_path}/clients/{client['id']}"
        assert client["application_id"] == str(application)
        other = str(directory.add_application())
        moved = (await call(200, "PUT", one, {"application_id": other}))["data"]
        assert moved["application_id"] == other
        listed = f"{tenant_path}/clients?application_id="
        assert (await call(200, "GET", f"{listed}{application}"))["total"] == 0
        assert (await call(200, "GET", f"{listed}{other}"))["total"] == 1
        await call(204, "DELETE", f"{tenant_path}/applications/{other}/clients/link/{client['id']}")
        assert (await call(200, "GET", one))["data"]["application_id"] is None
        out = await call(200, "PUT", one, {"application_id": None, "description": "x"})
        assert (out["data"]["application_id"], out["data"]["description"]) == (None, "x")

    async def test_needs_the_right_to_link_and_an_application(
        self,
        auth: AuthProcess,
        client: TestClient,
        directory: FakeDirectory,
        call: Call,
        tenant_path: str,
        application: UUID,
    ) -> None:
        maker = await headers_of(auth, client, directory, "clients:create", "clients:update")
        body = BODIES["clients"]()
        await call(403, "POST", f"{tenant_path}/clients", {**body, "application_id": str(application)}, maker)
        made = thing_of(await call(201, "POST", f"{tenant_path}/clients", body, maker))
        await call(403, "PUT", f"{tenant_path}/clients/{made['id']}", {"application_id": None}, maker)
        unknown = {**BODIES["clients"](), "application_id": str(new_id())}
        refused = await call(422, "POST", f"{tenant_path}/clients", unknown)
        assert refused["details"][0]["field"] == "application_id"


class TestTheEndOfAnApplication:
    async def test_what_it_owned_goes_and_what_it_shared_stays(
        self, auth: AuthProcess, call: Call, environ: dict[str, str], directory: FakeDirectory, tenant_path: str
    ) -> None:
        application = directory.add_application()
        base = f"{tenant_path}/applications/{application}"
        owned = {kind: thing_of(await call(201, "POST", f"{base}/{kind}", BODIES[kind]())) for kind in BODIES}
        shared = {kind: thing_of(await call(201, "POST", f"{tenant_path}/{kind}", BODIES[kind]())) for kind in BODIES}
        for kind, thing in shared.items():
            await call(204, "POST", f"{base}/{kind}/link/{thing['id']}", {})
        token = await auth.sign_in(*await _with_password(call, f"{base}/clients"))
        stub = ApplicationResourcesServiceStub(auth.channel)
        request = CountOwnedRequest(tenant_id=str(directory.home), application_id=str(application))
        assert dict((await stub.CountOwned(request)).counts) == {"clients": 2, "identity-providers": 1}

        event = new_event(
            SYSTEM, "application.deleted", directory.home, resource_type="application", resource_id=application
        )
        bus = await nats.connect(environ["NATS_URL"])
        for _ in range(2):
            await bus.jetstream().publish(event.subject("directory"), encode_event(event))
        await bus.close()

        async def gone() -> bool:
            return not (await stub.CountOwned(request)).counts

        await eventually(gone)
        for kind in BODIES:
            await call(404, "GET", f"{tenant_path}/{kind}/{owned[kind]['id']}")
            await call(200, "GET", f"{tenant_path}/{kind}/{shared[kind]['id']}")
            assert (await call(200, "GET", f"{base}/{kind}"))["total"] == 0
        headers = {"Authorization": f"Bearer {token['access_token']}"}
        assert (await auth.http.get("/oauth/userinfo", headers=headers)).status_code == 401


async def _with_password(call: Call, path: str) -> tuple[TestClient, str]:
    """A client made inside that bob can sign in through."""
    made = await call(201, "POST", path, {**BODIES["clients"](), "allowed_grant_types": ["password"]})
    client = thing_of(made)
    return TestClient(UUID(client["id"]), client["client_id"], made["data"]["client_secret"]), "bob"


class TestNamed:
    async def test_what_is_here_in_order(
        self, auth: AuthProcess, call: Call, tenant_path: str, directory: FakeDirectory
    ) -> None:
        made = {
            kind: [thing_of(await call(201, "POST", f"{tenant_path}/{kind}", BODIES[kind]())) for _ in range(2)]
            for kind in BODIES
        }
        named = {kind: [each["id"] for each in reversed(things)] for kind, things in made.items()}
        request = GetSignInResourcesRequest(
            tenant_id=str(directory.home),
            client_ids=[*named["clients"], str(new_id())],
            identity_provider_ids=[*named["identity-providers"], str(new_id())],
        )
        answer = await auth.stub.GetSignInResources(request)
        assert [each.id for each in answer.clients] == [each["id"] for each in made["clients"]]
        assert [each.id for each in answer.identity_providers] == [each["id"] for each in made["identity-providers"]]
        request.tenant_id = str(directory.other)
        assert not (await auth.stub.GetSignInResources(request)).clients

    async def test_one_by_its_client_id(self, auth: AuthProcess, client: TestClient, directory: FakeDirectory) -> None:
        found = await auth.stub.GetClient(GetClientRequest(client_id=client.client_id))
        assert (found.id, found.tenant_id, found.is_enabled) == (str(client.row_id), str(directory.home), True)
        for absent in ("nobody", "", "no client_id at all", str(client.row_id)):
            with pytest.raises(aio.AioRpcError) as refused:
                await auth.stub.GetClient(GetClientRequest(client_id=absent))
            assert refused.value.code() == grpc.StatusCode.NOT_FOUND
