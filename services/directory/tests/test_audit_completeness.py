"""Every row that changes something leaves an event that says who, from where, what was and what is; and no secret.

The trail is made of these events and nothing else, so a change without one would be a change without a record.
"""

import base64
import re
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

import msgspec
import pytest

from services.directory.tests.directory_harness import PASSWORD, Api, Directory, Tenant
from tests.licence_mint import Mint
from vaultaris_kit import surface
from vaultaris_kit.events import Event, decode_event
from vaultaris_kit.ids import MASTER_TENANT_ID

ADDRESS = "192.0.2.77"
SECRET = re.compile(rf"{PASSWORD}|argon2|eyJ[\w-]{{5,}}\.|PRIVATE KEY", re.IGNORECASE)
CHANGES_NOTHING = {"setup-preview-license", "setup-webauthn-challenge"}
TOLD_BY_SETUP = {"setup-run"}
"""Nobody is signed in yet; its events are looked at by the tests of setup."""

WITH_OTHER_SERVICES = re.compile(
    r"app-(clients|oauth-clients|identity-providers|policies)-|group-(login-providers|oauth-clients)-set|template-|users-import"
)
"""They ask the services that own what is linked, which are not here; their own tests look at their events."""


@dataclass(frozen=True)
class Step:
    """A call and the types of event that it must leave. ``old`` and ``new``: whether there are values."""

    row: str
    method: str
    path: str
    types: Sequence[str]
    body: Any = None
    old: bool = True
    new: bool = True
    api: Api | None = None


def _made(row: str, path: str, noun: str, body: Any, *more: str) -> Step:
    return Step(row, "POST", path, (f"{noun}.created", *more), body, old=False)


def _put(row: str, path: str, event: str, body: Any = None) -> Step:
    return Step(row, "PUT", path, (event,), body)


def _gone(row: str, path: str, event: str, body: Any = None) -> Step:
    return Step(row, "DELETE", path, (event,), body, new=False)


def _given(row: str, path: str, event: str, body: Any = None) -> Step:
    return Step(row, "POST", path, (event,), body, old=False)


def _user() -> dict[str, Any]:
    name = uuid4().hex
    return {"username": name, "email": f"{name}@tenant.test", "password": PASSWORD}


def _permission() -> dict[str, Any]:
    name = uuid4().hex
    return {"name": f"{name}:read", "resource": name, "action": "read"}


def _named() -> dict[str, Any]:
    return {"name": uuid4().hex}


async def _of_users(tenant: Tenant) -> list[Step]:
    user, role, group = await tenant.user(), await tenant.role(), await tenant.group()
    users = f"{tenant.path}/users"
    one, frozen = f"{users}/{user['id']}", f"{tenant.path}/frozen/user/{user['id']}"
    return [
        _made("users-create", users, "user", _user()),
        _put("users-update", one, "user.updated", {"display_name": "Ada", "metadata": {"secret": PASSWORD}}),
        Step("users-update", "PUT", one, ("user.password_changed",), {"password": PASSWORD}, old=False, new=False),
        _given("user-roles-add", f"{one}/roles", "user.role_assigned", {"role_id": role["id"]}),
        _gone("user-roles-remove", f"{one}/roles/{role['id']}", "user.role_removed"),
        _given("user-groups-add", f"{one}/groups", "user.group_joined", {"group_id": group["id"]}),
        _gone("user-groups-remove", f"{one}/groups/{group['id']}", "user.group_left"),
        _put("frozen-add", frozen, "user.frozen"),
        Step("frozen-remove", "DELETE", frozen, ("user.thawed",)),
        _gone("users-delete", one, "user.deleted"),
        _given("users-restore", f"{one}/restore", "user.restored"),
        _gone("users-delete", f"{one}?purge=true", "user.purged"),
    ]


async def _of_roles(tenant: Tenant) -> list[Step]:
    role, permission = await tenant.role(), await tenant.permission("orders:read")
    roles, permissions = f"{tenant.path}/roles", f"{tenant.path}/permissions"
    one, other = f"{roles}/{role['id']}", f"{permissions}/{permission['id']}"
    attached = {"permission_id": permission["id"]}
    return [
        _made("roles-create", roles, "role", _named()),
        _put("roles-update", one, "role.updated", {"description": "New"}),
        _given("role-permissions-add", f"{one}/permissions", "role.permission_attached", attached),
        _gone("role-permissions-remove", f"{one}/permissions/{permission['id']}", "role.permission_detached"),
        _gone("roles-delete", one, "role.deleted"),
        _given("roles-restore", f"{one}/restore", "role.restored"),
        _made("permissions-create", permissions, "permission", _permission()),
        _put("permissions-update", other, "permission.updated", {"description": "New"}),
        _gone("permissions-delete", other, "permission.deleted"),
        _given("permissions-restore", f"{other}/restore", "permission.restored"),
    ]


async def _of_groups(tenant: Tenant) -> list[Step]:
    group, role = await tenant.group(), await tenant.role()
    groups = f"{tenant.path}/groups"
    one = f"{groups}/{group['id']}"
    return [
        _made("groups-create", groups, "group", _named()),
        _put("groups-update", one, "group.updated", {"description": "New"}),
        _given("group-roles-add", f"{one}/roles", "group.role_assigned", {"role_id": role["id"]}),
        _gone("group-roles-remove", f"{one}/roles/{role['id']}", "group.role_removed"),
        _gone("groups-delete", one, "group.deleted"),
        _given("groups-restore", f"{one}/restore", "group.restored"),
    ]


async def _of_applications(tenant: Tenant) -> list[Step]:
    app, user = await tenant.application(), await tenant.user()
    apps = f"{tenant.path}/applications"
    one, member = f"{apps}/{app['id']}", f"{apps}/{app['id']}/members/{user['id']}"
    accept = Step(
        "app-members-accept", "POST", f"{one}/members/accept", ("application.member_accepted",), {},
        api=tenant.as_user(user),
    )  # fmt: skip
    steps = [
        _made("apps-create", apps, "application", {**_named(), "slug": uuid4().hex}),
        _put("apps-update", one, "application.updated", {"description": "New"}),
        _given("app-members-add", f"{one}/members", "application.member_added", {"user_id": user["id"]}),
        accept,
        _put("app-members-update", member, "application.member_updated", {"role": "admin"}),
        _gone("app-members-remove", member, "application.member_removed"),
    ]
    made = {"role": await tenant.role(), "group": await tenant.group(), "permission": await tenant.permission("a:b")}
    for noun, resource in made.items():
        links, event = f"{one}/{noun}s", f"application.{noun}_"
        link = f"{links}/link/{resource['id']}"
        many = f"{links}?resource_id={resource['id']}"
        body = _permission() if noun == "permission" else _named()
        steps += [
            _made(f"app-{noun}s-create", links, noun, body, f"{event}linked"),
            _given(f"app-{noun}s-link", link, f"{event}linked", {}),
            _gone(f"app-{noun}s-unlink", link, f"{event}unlinked"),
            _given(f"app-{noun}s-link", link, f"{event}linked", {}),
            _gone(f"app-{noun}s-unlink-many", many, f"{event}unlinked"),
        ]
    gone = ("role.deleted", "group.deleted", "permission.deleted", "application.deleted")
    return [*steps, Step("apps-delete", "DELETE", one, gone, new=False)]


async def _of_tenants(tenant: Tenant, mint: Mint) -> list[Step]:
    token = mint.licence(tenant_id=str(tenant.id), limits={"users": 99})
    licence = f"{tenant.path}/license"
    hosts = f"/api/v1/tenants/{MASTER_TENANT_ID}/hosted-tenants"
    body = {"name": "Branch", "slug": uuid4().hex}
    hosted = (await tenant.admin.create(hosts, {**body, "slug": uuid4().hex}))["id"]
    status = Step(
        "hosted-status", "PATCH", f"{hosts}/{hosted}/status", ("tenant.archived", "tenant.hosted_status_changed"),
        {"status": "archived", "reason": "unpaid"},
    )  # fmt: skip
    tier = Step(
        "hosted-license", "PUT", f"{hosts}/{hosted}/license", ("tenant.tier_changed", "tenant.hosted_tier_changed"),
        {"tier": "pro"},
    )  # fmt: skip
    return [
        _made("tenants-create", "/api/v1/tenants", "tenant", {**body, "slug": uuid4().hex}),
        _put("tenants-update", tenant.path, "tenant.updated", {"description": "New"}),
        Step("license-apply", "PUT", licence, ("tenant.license_applied",), {"license_key": token}, old=False),
        _gone("license-withdraw", licence, "tenant.license_withdrawn"),
        _made("hosted-create", hosts, "tenant", body, "tenant.hosted_created"),
        tier,
        status,
        _gone("tenants-delete", tenant.path, "tenant.deleted"),
    ]


@dataclass
class Walk:
    """Calls one step after the other, and gives back what each has left."""

    directory: Directory
    seen: set[UUID] = field(default_factory=set)

    async def take(self, step: Step) -> list[Event]:
        await self.fresh()
        body = {} if step.body is None else {"json": step.body}
        api = step.api or self.directory.root
        answer = await api.call(step.method, step.path, headers={"x-envoy-external-address": ADDRESS}, **body)
        assert answer.status_code < 300, f"{step.row}: {answer.status_code} {answer.text}"
        return [event for event in await self.fresh() if event.actor_type != "system"]

    async def fresh(self) -> list[Event]:
        rows = await self.directory.as_owner("SELECT id, payload FROM directory.outbox ORDER BY id")
        fresh = [decode_event(row["payload"]) for row in rows if row["id"] not in self.seen]
        self.seen |= {event.id for event in fresh}
        return fresh


def _subject(api: Api) -> UUID:
    payload = api.token.split(".")[1]
    claims = msgspec.json.decode(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    return UUID(claims["sub"])


@pytest.fixture
async def steps(licensed: Directory, mint: Mint) -> AsyncIterator[list[Step]]:
    """Every step, in an order in which they work, in tenants without caps."""
    await licensed.as_owner("UPDATE directory.tenants SET status = 'archived' WHERE host_tenant_id IS NOT NULL")
    master = f"/api/v1/tenants/{MASTER_TENANT_ID}/license"
    hosting = {"enabled": True, "allowed_tiers": ["pro"]}
    await licensed.root.expect(200, "PUT", master, {"license_key": mint.licence(features={"hosting": hosting})})
    tenants = [await licensed.tenant() for _ in range(5)]
    parts = [
        await _of_users(tenants[0]), await _of_roles(tenants[1]), await _of_groups(tenants[2]),
        await _of_applications(tenants[3]), await _of_tenants(tenants[4], mint),
    ]  # fmt: skip
    yield [step for part in parts for step in part]
    await licensed.root.expect(204, "DELETE", master)


class TestEveryChange:
    async def test_is_on_record(self, licensed: Directory, steps: list[Step]) -> None:
        walk = Walk(licensed)
        for step in steps:
            events = await walk.take(step)
            assert [event.type for event in events] == list(step.types), step.row
            for event in events:
                _check(step, event, _subject(step.api or licensed.root))

    async def test_of_every_row(self, licensed: Directory, steps: list[Step]) -> None:
        document = (await licensed.http.get("/openapi.json")).json()
        built = {each["operationId"] for path in document["paths"].values() for each in path.values()}
        changing = {row.id for row in surface.rows() if row.service == "directory" and row.method != "GET"}
        wanted = (built & changing) - CHANGES_NOTHING - TOLD_BY_SETUP
        missing = {row for row in wanted if not WITH_OTHER_SERVICES.match(row)} - {step.row for step in steps}
        assert not missing, "their events are not looked at: give them a step here"


def _check(step: Step, event: Event, actor: UUID) -> None:
    told = f"{step.row}: {event}"
    assert (event.actor_type, event.actor_id) == ("user", actor), told
    assert event.actor_ip == ADDRESS, told
    assert event.actor_tenant_id, told
    assert event.request_id, told
    assert event.resource_id, told
    assert bool(event.old_value) >= step.old, told
    assert bool(event.new_value) >= step.new, told
    assert not SECRET.search(str(event)), told
