"""Management of API keys: making, granting, changing and listing them."""

import pytest

from services.auth.tests.auth_api_keys import Facts, create, using
from services.auth.tests.auth_fakes import FakeDirectory
from services.auth.tests.auth_harness import AuthProcess, Headers, TestClient, eventually, headers_of
from tests.bad_conditions import BAD_CONDITIONS, GOOD_LEAF
from vaultaris_kit.api_keys.format import is_well_formed
from vaultaris_kit.ids import new_id


@pytest.fixture(scope="session")
def path(directory: FakeDirectory) -> str:
    return f"/api/v1/tenants/{directory.home}/api-keys"


class TestCreate:
    async def test_defaults(self, auth: AuthProcess, path: str, admin: Headers, directory: FakeDirectory) -> None:
        key, secret = await create(auth, path, admin)
        assert is_well_formed(secret)
        assert secret.startswith(key["prefix"])
        assert (key["owner_type"], key["owner_id"], key["tenant_id"]) == ("tenant", *[str(directory.home)] * 2)
        assert (key["is_enabled"], key["use_count"]) == (True, 0)
        empty = ("description", "scopes", "ip_restrictions", "conditions", "revoked_at", "expires_at", "last_used_at")
        assert [key[name] for name in empty] == [None] * len(empty)
        answer = await auth.http.get(f"{path}/{key['id']}", headers=admin)
        assert answer.json()["data"] == key
        assert secret not in answer.text

    async def test_the_answer_is_not_kept_by_caches(self, auth: AuthProcess, path: str, admin: Headers) -> None:
        answer = await auth.http.post(path, json={"name": "ci"}, headers=admin)
        assert (answer.headers["cache-control"], answer.headers["etag"]) == ("no-store", '"1"')

    async def test_idempotent(self, auth: AuthProcess, path: str, admin: Headers) -> None:
        headers = admin | {"Idempotency-Key": str(new_id())}
        first, again = [await create(auth, path, headers) for _ in range(2)]
        assert first == again

    async def test_addresses_are_normalised(self, auth: AuthProcess, path: str, admin: Headers) -> None:
        key, _ = await create(auth, path, admin, ip_restrictions=["192.0.2.7", "192.0.2.9/24", "2001:DB8::/32"])
        assert key["ip_restrictions"] == ["192.0.2.7/32", "192.0.2.0/24", "2001:db8::/32"]
        key, _ = await create(auth, path, admin, ip_restrictions=[], conditions={})
        assert (key["ip_restrictions"], key["conditions"]) == (None, None)

    @pytest.mark.parametrize(
        ("fields", "field"),
        [
            ({"name": " "}, "name"),
            ({"name": "x" * 201}, "name"),
            ({"scopes": ["users"]}, "scopes.0"),
            ({"scopes": ["users:"]}, "scopes.0"),
            ({"scopes": ["a b:read"]}, "scopes.0"),
            ({"scopes": ["a:b"] * 301}, "scopes"),
            ({"ip_restrictions": ["office"]}, "ip_restrictions.0"),
            ({"expires_at": "2020-01-01T00:00:00Z"}, "expires_at"),
            ({"expires_at": "2090-01-01T00:00:00"}, "expires_at"),
            ({"conditions": {"attribute": "subject.id", "operator": "eq", "value": 1}}, "conditions"),
            ({"user_id": str(new_id())}, "user_id"),
        ],
    )
    async def test_bad_fields(self, auth: AuthProcess, path: str, admin: Headers, fields: Facts, field: str) -> None:
        answer = await auth.http.post(path, json={"name": "x", **fields}, headers=admin)
        assert answer.status_code == 422, answer.text
        assert [detail["field"] for detail in answer.json()["details"]] == [field]

    async def test_bad_conditions(self, auth: AuthProcess, path: str, admin: Headers) -> None:
        """The refusals that policies give, whether a key is made or changed; a refused change changes nothing."""
        key, _ = await create(auth, path, admin, conditions=[GOOD_LEAF])
        assert key["conditions"] == {"all": [GOOD_LEAF]}
        own = f"{path}/{key['id']}"
        for raw, where, code in BAD_CONDITIONS:
            for answer in (
                await auth.http.post(path, json={"name": "x", "conditions": raw}, headers=admin),
                await auth.http.put(own, json={"name": "other", "conditions": raw}, headers=admin),
            ):
                assert answer.status_code == 422, (raw, answer.text)
                assert [(each["field"], each["code"]) for each in answer.json()["details"]] == [(where, code)]
        assert (await auth.http.get(own, headers=admin)).json()["data"] == key


class TestGranting:
    async def test_nobody_grants_what_they_lack(
        self, auth: AuthProcess, path: str, client: TestClient, directory: FakeDirectory
    ) -> None:
        keeper = await headers_of(auth, client, directory, "api-keys:create", "api-keys:update", "users:read")
        key, _ = await create(auth, path, keeper, scopes=["users:read"])
        for scopes in (None, ["*:*"], ["users:*"], ["users:delete"]):
            answer = await auth.http.post(path, json={"name": "x", "scopes": scopes}, headers=keeper)
            assert answer.status_code == 403, scopes
            answer = await auth.http.put(f"{path}/{key['id']}", json={"scopes": scopes}, headers=keeper)
            assert answer.status_code == 403, scopes

    async def test_nor_by_another_owner(
        self, auth: AuthProcess, path: str, client: TestClient, directory: FakeDirectory
    ) -> None:
        keeper = await headers_of(auth, client, directory, "api-keys:create")
        answer = await auth.http.post(path, json={"name": "x", "user_id": directory.admin.id}, headers=keeper)
        assert answer.status_code == 403
        group = f"/api/v1/tenants/{directory.home}/groups/{directory.add_group('users:read')}/api-keys"
        assert (await auth.http.post(group, json={"name": "x"}, headers=keeper)).status_code == 403

    async def test_nor_by_loosening(
        self, auth: AuthProcess, path: str, admin: Headers, client: TestClient, directory: FakeDirectory
    ) -> None:
        keeper = await headers_of(auth, client, directory, "api-keys:update")
        key, _ = await create(auth, path, admin, ip_restrictions=["192.0.2.1"])
        own = f"{path}/{key['id']}"
        assert (await auth.http.put(own, json={"ip_restrictions": None}, headers=keeper)).status_code == 403
        assert (await auth.http.put(own, json={"name": "renamed"}, headers=keeper)).status_code == 200
        assert (await auth.http.put(own, json={"is_enabled": False}, headers=keeper)).status_code == 200
        assert (await auth.http.put(own, json={"is_enabled": True}, headers=keeper)).status_code == 403

    async def test_nor_by_a_key(self, auth: AuthProcess, path: str, admin: Headers) -> None:
        _, secret = await create(auth, path, admin, scopes=["api-keys:create", "users:read"])
        await create(auth, path, using(secret), scopes=["users:read"])
        answer = await auth.http.post(path, json={"name": "x"}, headers=using(secret))
        assert answer.status_code == 403


class TestUpdate:
    async def test_merges(self, auth: AuthProcess, path: str, admin: Headers) -> None:
        key, _ = await create(auth, path, admin, scopes=["users:read"], description="x", ip_restrictions=["192.0.2.1"])
        own = f"{path}/{key['id']}"
        changed = (await auth.http.put(own, json={"name": "new", "is_enabled": None}, headers=admin)).json()["data"]
        assert changed == {**key, "name": "new", "updated_at": changed["updated_at"]}
        cleared: Facts = {"description": None, "scopes": None, "ip_restrictions": []}
        changed = (await auth.http.put(own, json=cleared, headers=admin)).json()["data"]
        assert (changed["description"], changed["scopes"], changed["ip_restrictions"]) == (None, None, None)
        assert (await auth.http.put(own, json={"conditions": {"x": 1}}, headers=admin)).status_code == 422

    async def test_if_match(self, auth: AuthProcess, path: str, admin: Headers) -> None:
        key, _ = await create(auth, path, admin)
        own = f"{path}/{key['id']}"
        stale = admin | {"If-Match": (await auth.http.get(own, headers=admin)).headers["etag"]}
        assert (await auth.http.put(own, json={"name": "new"}, headers=stale)).status_code == 200
        assert (await auth.http.put(own, json={"name": "newer"}, headers=stale)).status_code == 412
        assert (await auth.http.delete(own, headers=stale)).status_code == 412

    async def test_narrowing_tells_at_once(self, auth: AuthProcess, path: str, admin: Headers) -> None:
        key, secret = await create(auth, path, admin)
        assert (await auth.http.get(path, headers=using(secret))).status_code == 200
        await auth.http.put(f"{path}/{key['id']}", json={"scopes": ["users:read"]}, headers=admin)

        async def narrowed() -> bool:
            return (await auth.http.get(path, headers=using(secret))).status_code == 403

        await eventually(narrowed, within=2)


class TestList:
    async def test_filters(self, auth: AuthProcess, path: str, admin: Headers, directory: FakeDirectory) -> None:
        name = f"named-{new_id()}"
        key, _ = await create(auth, path, admin, name=name, user_id=directory.bob.id)
        for query in ({"search": name}, {"owner_type": "user", "owner_id": directory.bob.id}, {"sort": "last_used_at"}):
            answer = await auth.http.get(path, params={**query, "per_page": "100"}, headers=admin)
            assert key["id"] in [each["id"] for each in answer.json()["data"]], query
        answer = await auth.http.get(path, params={"search": name, "is_enabled": "false"}, headers=admin)
        assert answer.json()["total"] == 0
