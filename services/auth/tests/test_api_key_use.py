"""What API keys are good for, how long, and what others are told of them."""

from datetime import timedelta
from uuid import UUID

import grpc
import nats
import pytest
from grpc import aio

from services.auth.tests.auth_api_keys import create, me, using
from services.auth.tests.auth_fakes import FakeDirectory
from services.auth.tests.auth_harness import AuthProcess, Headers, TestClient, eventually
from vaultaris.auth.v1.auth_pb2 import (
    ApiKeyUse,
    CheckRevocationRequest,
    RecordApiKeyUseRequest,
    ResolveApiKeyRequest,
)
from vaultaris_auth.api_keys import operations
from vaultaris_auth.api_keys.owners import Owner
from vaultaris_auth.api_keys.schemas import CreateApiKey
from vaultaris_kit.api_keys.format import new_key
from vaultaris_kit.crypto import digest
from vaultaris_kit.database import Database
from vaultaris_kit.events import encode_event, new_event
from vaultaris_kit.ids import created_ms, new_id, now
from vaultaris_kit.principal import SYSTEM
from vaultaris_kit.rights import RightSet


@pytest.fixture(scope="session")
def path(directory: FakeDirectory) -> str:
    return f"/api/v1/tenants/{directory.home}/api-keys"


async def publish(environ: dict[str, str], event_type: str, tenant_id: UUID, resource_id: UUID) -> None:
    """An event of the directory, as it would come."""
    noun = event_type.partition(".")[0]
    event = new_event(SYSTEM, event_type, tenant_id, resource_type=noun, resource_id=resource_id)
    connection = await nats.connect(environ["NATS_URL"])
    await connection.jetstream().publish(event.subject("directory"), encode_event(event))
    await connection.close()


class TestRights:
    async def test_of_the_tenant(self, auth: AuthProcess, path: str, admin: Headers, directory: FakeDirectory) -> None:
        key, secret = await create(auth, path, admin)
        told = (await me(auth, secret)).json()["data"]
        assert told == {
            "key_id": key["id"], "tenant_id": str(directory.home), "owner_type": "tenant",
            "owner_id": str(directory.home), "scopes": ["*:*"], "roles": [], "groups": [], "permissions": ["*:*"],
        }  # fmt: skip

    async def test_scopes_narrow(self, auth: AuthProcess, path: str, admin: Headers) -> None:
        _, secret = await create(auth, path, admin, scopes=["api-keys:read"])
        assert (await auth.http.get(path, headers=using(secret))).status_code == 200
        assert (await auth.http.post(path, json={"name": "x"}, headers=using(secret))).status_code == 403
        _, secret = await create(auth, path, admin, scopes=[])
        assert (await auth.http.get(path, headers=using(secret))).status_code == 403

    async def test_of_a_group(self, auth: AuthProcess, admin: Headers, directory: FakeDirectory) -> None:
        group_id = directory.add_group("api-keys:read", "users:read")
        path = f"/api/v1/tenants/{directory.home}/groups/{group_id}/api-keys"
        key, secret = await create(auth, path, admin, scopes=["*:read", "users:delete"], owner_type="tenant")
        assert (key["owner_type"], key["owner_id"]) == ("group", str(group_id))
        told = (await me(auth, secret)).json()["data"]
        assert (told["roles"], told["groups"]) == (["operator"], ["/ops"])
        assert told["permissions"] == ["api-keys:read", "users:read"]
        listed = (await auth.http.get(path, headers=admin)).json()
        assert ([each["id"] for each in listed["data"]], listed["total"]) == ([key["id"]], 1)

    async def test_of_a_user(self, auth: AuthProcess, path: str, admin: Headers, directory: FakeDirectory) -> None:
        user = directory.add_user(f"owner-{new_id()}", rights=["api-keys:read", "users:read"])
        key, secret = await create(auth, path, admin, user_id=user.id, scopes=["api-keys:*"])
        assert (key["owner_type"], key["owner_id"]) == ("user", user.id)
        assert (await me(auth, secret)).json()["data"]["permissions"] == ["api-keys:read"]

    async def test_an_owner_out_of_service(
        self, auth: AuthProcess, path: str, admin: Headers, directory: FakeDirectory, environ: dict[str, str]
    ) -> None:
        user = directory.add_user(f"owner-{new_id()}", rights=["api-keys:read"])
        _, secret = await create(auth, path, admin, user_id=user.id)
        assert (await auth.http.get(path, headers=using(secret))).status_code == 200
        user.status = "suspended"
        await publish(environ, "user.deactivated", directory.home, UUID(user.id))

        async def refused() -> bool:
            return (await auth.http.get(path, headers=using(secret))).status_code == 401

        await eventually(refused, within=5)

    async def test_unknown_group(self, auth: AuthProcess, admin: Headers, directory: FakeDirectory) -> None:
        path = f"/api/v1/tenants/{directory.home}/groups/{new_id()}/api-keys"
        assert (await auth.http.post(path, json={"name": "x"}, headers=admin)).status_code == 404
        assert (await auth.http.get(path, headers=admin)).status_code == 404

    async def test_application(self, auth: AuthProcess, admin: Headers, directory: FakeDirectory) -> None:
        application = directory.add_application("clients:read", "users:read")
        path = f"/api/v1/tenants/{directory.home}/applications/{application}/api-keys"
        key, secret = await create(auth, path, admin, scopes=["clients:*"])
        assert (key["owner_type"], key["owner_id"]) == ("application", str(application))
        told = (await me(auth, secret)).json()["data"]
        assert (told["roles"], told["groups"], told["permissions"]) == (["worker"], [], ["clients:read"])
        assert [each["id"] for each in (await auth.http.get(path, headers=admin)).json()["data"]] == [key["id"]]
        clients = f"/api/v1/tenants/{directory.home}/clients"
        assert (await auth.http.get(clients, headers=using(secret))).status_code == 200
        assert (await auth.http.post(clients, json={}, headers=using(secret))).status_code == 403
        unknown = path.replace(str(application), str(new_id()))
        assert (await auth.http.post(unknown, json={"name": "x"}, headers=admin)).status_code == 404
        assert (await auth.http.get(unknown, headers=admin)).status_code == 404

    async def test_conditions(self, auth: AuthProcess, path: str, admin: Headers) -> None:
        """Tested on every use; changing them is heard of like any other change."""
        condition = {"attribute": "environment.time", "operator": "before", "value": "2020-01-01T00:00:00Z"}
        key, secret = await create(auth, path, admin, conditions=condition)
        assert key["conditions"] == condition
        assert (await auth.http.get(path, headers=using(secret))).status_code == 403
        here = {"all": [{"not": condition}, {**condition, "attribute": "environment.ip_address",
                                             "operator": "ip_in_range", "value": ["127.0.0.0/8"]}]}  # fmt: skip
        changed = await auth.http.put(f"{path}/{key['id']}", json={"conditions": here}, headers=admin)
        assert changed.status_code == 200, changed.text

        async def good() -> bool:
            return (await auth.http.get(path, headers=using(secret))).status_code == 200

        await eventually(good)

    async def test_another_tenant(self, auth: AuthProcess, path: str, admin: Headers, directory: FakeDirectory) -> None:
        key, secret = await create(auth, path, admin)
        other = f"/api/v1/tenants/{directory.other}/api-keys"
        assert (await auth.http.get(other, headers=using(secret))).status_code == 403
        assert (await auth.http.get(f"{other}/{key['id']}", headers=admin)).status_code == 403

    @pytest.mark.parametrize(
        ("method", "path_of_row"),
        [
            ("GET", "/oauth/userinfo"),
            ("POST", "/oauth/userinfo"),
            ("POST", "/api/v1/mfa/totp/setup"),
            ("POST", "/api/v1/mfa/totp/verify"),
            ("DELETE", "/api/v1/mfa/totp/disable"),
        ],
    )
    async def test_no_row_that_needs_a_person(
        self, auth: AuthProcess, path: str, admin: Headers, client: TestClient, method: str, path_of_row: str
    ) -> None:
        """501 where the row is not built yet; never a 2xx, for a key or for a client."""
        _, secret = await create(auth, path, admin)
        bearer = {"Authorization": f"Bearer {await auth.own_token(client)}"}
        for headers in (using(secret), bearer):
            answer = await auth.http.request(method, path_of_row, headers=headers)
            assert answer.status_code in (401, 403, 404, 405, 501), answer.text

    async def test_no_person(self, auth: AuthProcess, path: str, admin: Headers) -> None:
        _, secret = await create(auth, path, admin)
        answer = await auth.http.get("/oauth/userinfo", headers=using(secret))
        assert answer.status_code in (401, 403), answer.text
        assert (await auth.http.get("/api/v1/api-keys/me", headers=admin)).status_code == 403


class TestPresenting:
    async def test_both_headers(self, auth: AuthProcess, path: str, admin: Headers) -> None:
        _, secret = await create(auth, path, admin)
        for headers in ({"X-Api-Key": secret}, {"Authorization": f"apikey {secret}"}):
            assert (await auth.http.get(path, headers=headers)).status_code == 200

    async def test_a_token_under_the_scheme(self, auth: AuthProcess, path: str, admin: Headers) -> None:
        token = admin["Authorization"].removeprefix("Bearer ")
        assert (await auth.http.get(path, headers=using(token))).status_code == 200

    @pytest.mark.parametrize("secret", [pytest.param(new_key(), id="well-formed"), "vk_live_nonsense", "x"])
    async def test_unknown(self, auth: AuthProcess, path: str, secret: str) -> None:
        for headers in (using(secret), {"X-Api-Key": secret}):
            answer = await auth.http.get(path, headers=headers)
            assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "ApiKey")

    async def test_wrong_address(self, auth: AuthProcess, path: str, admin: Headers) -> None:
        _, secret = await create(auth, path, admin, ip_restrictions=["192.0.2.0/24"])
        assert (await auth.http.get(path, headers=using(secret))).status_code == 403
        headers = using(secret) | {"X-Envoy-External-Address": "192.0.2.9"}
        assert (await auth.http.get(path, headers=headers)).status_code == 200


class TestEnding:
    async def test_revoked(self, auth: AuthProcess, path: str, admin: Headers) -> None:
        key, secret = await create(auth, path, admin)
        own = f"{path}/{key['id']}"
        assert (await me(auth, secret)).status_code == 200
        revoked = (await auth.http.post(f"{own}/revoke", json={}, headers=admin)).json()["data"]
        assert (revoked["is_enabled"], bool(revoked["revoked_at"])) == (False, True)
        assert (await me(auth, secret)).status_code == 401
        again = (await auth.http.post(f"{own}/revoke", headers=admin)).json()["data"]
        counted_later = {"use_count", "last_used_at"}
        assert {name for name in again if again[name] != revoked[name]} <= counted_later
        assert (await auth.http.put(own, json={"is_enabled": True}, headers=admin)).status_code == 409
        asked = CheckRevocationRequest(api_key_id=key["id"], issued_ms=created_ms(UUID(key["id"])))
        assert (await auth.stub.CheckRevocation(asked)).revoked

    async def test_deleted(self, auth: AuthProcess, path: str, admin: Headers) -> None:
        key, secret = await create(auth, path, admin)
        assert (await me(auth, secret)).status_code == 200
        assert (await auth.http.delete(f"{path}/{key['id']}", headers=admin)).status_code == 204
        assert (await me(auth, secret)).status_code == 401
        assert (await auth.http.get(f"{path}/{key['id']}", headers=admin)).status_code == 404

    async def test_disabled_and_enabled(self, auth: AuthProcess, path: str, admin: Headers) -> None:
        key, secret = await create(auth, path, admin)
        for is_enabled, status in ((True, 200), (False, 401), (True, 200)):
            answer = await auth.http.put(f"{path}/{key['id']}", json={"is_enabled": is_enabled}, headers=admin)
            assert answer.json()["data"]["is_enabled"] == is_enabled

            async def told(expected: int = status) -> bool:
                return (await me(auth, secret)).status_code == expected

            await eventually(told, within=2)

    async def test_expired(self, auth: AuthProcess, path: str, admin: Headers) -> None:
        _, secret = await create(auth, path, admin, expires_at=(now() + timedelta(seconds=2)).isoformat())
        assert (await me(auth, secret)).status_code == 200

        async def over() -> bool:
            return (await me(auth, secret)).status_code == 401

        await eventually(over, within=5)

    async def test_tenant_out_of_service(
        self, auth: AuthProcess, directory: FakeDirectory, database: Database, environ: dict[str, str]
    ) -> None:
        tenant_id, secret = await _tenant_with_key(directory, database)
        assert (await me(auth, secret)).status_code == 200
        directory.tenants[str(tenant_id)].status = "suspended"
        await publish(environ, "tenant.suspended", tenant_id, tenant_id)

        async def refused() -> bool:
            return (await me(auth, secret)).status_code == 401

        await eventually(refused, within=5)

    async def test_owner_gone(
        self, auth: AuthProcess, admin: Headers, directory: FakeDirectory, environ: dict[str, str]
    ) -> None:
        group_id = directory.add_group("api-keys:read")
        path = f"/api/v1/tenants/{directory.home}"
        _, secret = await create(auth, f"{path}/groups/{group_id}/api-keys", admin)
        assert (await auth.http.get(f"{path}/api-keys", headers=using(secret))).status_code == 200
        del directory.groups[str(directory.home), str(group_id)]
        await publish(environ, "group.deleted", directory.home, group_id)

        async def refused() -> bool:
            answer = await auth.http.get(f"{path}/api-keys", headers=using(secret))
            return (answer.status_code, answer.headers.get("www-authenticate")) == (401, "ApiKey")

        await eventually(refused, within=5)

    async def test_others_are_told_of_the_tenant_as_the_directory_has_it(
        self, auth: AuthProcess, directory: FakeDirectory, database: Database
    ) -> None:
        """A service that heard of a change first must not be told by an auth that has not, and keep it."""
        tenant_id, secret = await _tenant_with_key(directory, database)
        request = ResolveApiKeyRequest(key_hash=digest(secret))
        assert (await auth.stub.ResolveApiKey(request)).tenant_id == str(tenant_id)
        directory.tenants[str(tenant_id)].status = "suspended"
        with pytest.raises(aio.AioRpcError) as refused:
            await auth.stub.ResolveApiKey(request)
        assert refused.value.code() == grpc.StatusCode.NOT_FOUND


async def _tenant_with_key(directory: FakeDirectory, database: Database) -> tuple[UUID, str]:
    """A new tenant, and the secret of a key that it owns."""
    tenant_id, everything = directory.add_tenant(), RightSet(["*:*"])
    async with database.tenant(tenant_id) as session:
        _, secret = await operations.create_key(
            session, SYSTEM, everything,
            tenant_id=tenant_id, owner=Owner("tenant", tenant_id), owned=everything,
            fields=CreateApiKey(name="ci").fields(),
        )  # fmt: skip
    return tenant_id, secret


class TestOverGrpc:
    async def test_uses_add_up(self, auth: AuthProcess, path: str, admin: Headers) -> None:
        key, secret = await create(auth, path, admin)
        for _round in range(3):
            await me(auth, secret)
        at_ms = int(now().timestamp() * 1000)
        uses = [ApiKeyUse(id=key["id"], count=40, last_used_ms=at_ms), ApiKeyUse(id=str(new_id()), count=1)]
        await auth.stub.RecordApiKeyUse(RecordApiKeyUseRequest(uses=uses))

        async def counted() -> bool:
            told = (await auth.http.get(f"{path}/{key['id']}", headers=admin)).json()["data"]
            return bool(told["use_count"] == 43 and told["last_used_at"])

        await eventually(counted)
        etag = (await auth.http.get(f"{path}/{key['id']}", headers=admin)).headers["etag"]
        assert etag == '"1"'

    async def test_unknown_hashes(self, auth: AuthProcess) -> None:
        with pytest.raises(aio.AioRpcError) as refused:
            await auth.stub.ResolveApiKey(ResolveApiKeyRequest(key_hash=b"x"))
        assert refused.value.code() == grpc.StatusCode.NOT_FOUND

    async def test_bounded(self, auth: AuthProcess) -> None:
        uses = [ApiKeyUse(id=str(new_id()), count=1) for _ in range(1001)]
        with pytest.raises(aio.AioRpcError) as refused:
            await auth.stub.RecordApiKeyUse(RecordApiKeyUseRequest(uses=uses))
        assert refused.value.code() == grpc.StatusCode.INVALID_ARGUMENT
