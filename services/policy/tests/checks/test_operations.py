"""Decisions on live permissions and policies, from a directory in memory behind the kit's real access cache."""

import asyncio
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import pytest

from vaultaris.directory.v1.directory_pb2 import (
    ApplicationPermissions,
    EffectivePermissions,
    GroupPermissions,
    Tenant,
    User,
)
from vaultaris_kit.access import Access, Source
from vaultaris_kit.bus import Bus
from vaultaris_kit.errors import NotFound
from vaultaris_kit.events import decode_event
from vaultaris_kit.ids import new_id
from vaultaris_kit.principal import Principal
from vaultaris_policy.checks.operations import Answer, Checks
from vaultaris_policy.checks.recent import Recent
from vaultaris_policy.checks.schemas import BatchItem
from vaultaris_policy.checks.snapshots import Snapshots
from vaultaris_policy.engine.policies import PolicySet, PolicySource

TENANT = new_id()
APPLICATION = Principal(kind="client", id=new_id(), tenant_id=TENANT)


@dataclass
class Directory:
    """Users of one tenant."""

    users: dict[UUID, EffectivePermissions] = field(default_factory=dict)
    policies: list[PolicySource] = field(default_factory=list)

    def add(self, *permissions: str, conditions: str = "", status: str = "active", freeze_reason: str = "") -> UUID:
        """A user who holds ``resource:action`` permissions through the role ``clerk``."""
        user_id, role_id = new_id(), str(new_id())
        parts = [each.rpartition(":") for each in permissions]
        self.users[user_id] = EffectivePermissions(
            user=User(id=str(user_id), status=status, freeze_reason=freeze_reason),
            roles=[EffectivePermissions.Role(id=role_id, name="clerk")],
            permissions=[
                EffectivePermissions.Permission(
                    resource=resource, action=action, conditions=conditions, role_id=role_id
                )
                for resource, _, action in parts
            ],
        )
        return user_id

    async def permissions(self, tenant_id: UUID, user_id: UUID) -> EffectivePermissions:
        if tenant_id != TENANT or user_id not in self.users:
            raise NotFound
        return self.users[user_id]

    async def policies_of(self, tenant_id: UUID) -> PolicySet:
        assert tenant_id == TENANT
        return PolicySet(self.policies)

    async def tenant(self, tenant_id: UUID) -> Tenant:
        return Tenant(id=str(tenant_id))

    async def group(self, tenant_id: UUID, group_id: UUID) -> GroupPermissions:
        raise NotFound

    async def application(self, tenant_id: UUID, application_id: UUID) -> ApplicationPermissions:
        raise NotFound

    @property
    def source(self) -> Source:
        """What services ask where it is the truth."""
        return Source(self.permissions, self.tenant, self.group, self.application)


@pytest.fixture
def directory() -> Directory:
    return Directory()


@pytest.fixture
def bus() -> Bus:
    """Never connected: what is observed stays in its buffer."""
    return Bus("nats://127.0.0.1:9", "test")


@pytest.fixture
def checks(directory: Directory, bus: Bus) -> Checks:
    return Checks(Snapshots(Access(bus, directory.source)), directory.policies_of, bus, Recent(10))


async def answers(checks: Checks, user_id: UUID, *questions: str) -> list[Answer]:
    """Questions as ``resource action``."""
    pairs = [question.split() for question in questions]
    items = [BatchItem(resource, action) for resource, action in pairs]
    return await checks.answer(APPLICATION, tenant_id=TENANT, user_id=user_id, questions=items)


async def allowed(checks: Checks, user_id: UUID, question: str) -> bool:
    return (await answers(checks, user_id, question))[0].allowed


def observed(bus: Bus) -> list[Any]:
    """What went into the bus's buffer."""
    waiting = bus._observations._waiting
    return [decode_event(waiting.popleft().payload) for _ in range(len(waiting))]


class TestAnswer:
    @pytest.mark.parametrize(
        ("permission", "question", "expected"),
        [
            ("orders:read", "orders read", True),
            ("orders:read", "orders:42 read", True),
            ("orders:read", "orders write", False),
            ("orders:read", "Orders read", False),
            ("orders:*", "orders delete", True),
            ("*:read", "invoices read", True),
            ("*:read", "invoices write", False),
            ("*:*", "anything/at:all whatever", True),
            ("orders:42:read", "orders:42 read", True),
            ("orders:42:read", "orders read", False),
            ("orders:4*:read", "orders:42 read", True),
            ("reports/*:read", "reports/2026/q1 read", True),
            ("reports/*:read", "reports read", False),
            ("billing:invoices:read", "billing read", False),
            ("orders:re*", "orders remove", True),
        ],
    )
    async def test_follows_the_permission(
        self, checks: Checks, directory: Directory, permission: str, question: str, expected: bool
    ) -> None:
        assert await allowed(checks, directory.add(permission), question) is expected

    @pytest.mark.parametrize(
        ("conditions", "expected"),
        [
            ("{}", True),
            ('{"attribute":"action","operator":"eq","value":"read"}', True),
            ('{"attribute":"resource.id","operator":"eq","value":"42"}', False),
            ('{"attribute":"resource.id","operator":"sounds_like","value":"42"}', False),
        ],
    )
    async def test_a_permission_counts_while_its_conditions_hold(
        self, checks: Checks, directory: Directory, conditions: str, expected: bool
    ) -> None:
        user_id = directory.add("orders:read", conditions=conditions)
        assert await allowed(checks, user_id, "orders:7 read") is expected

    @pytest.mark.parametrize(
        ("facts", "reason"),
        [
            ({"status": "inactive"}, "The user is inactive."),
            ({"status": "active", "freeze_reason": "expiry"}, "The user is frozen: expiry."),
        ],
    )
    async def test_whoever_may_not_act_is_denied_everything(
        self, checks: Checks, directory: Directory, facts: dict[str, str], reason: str
    ) -> None:
        told = await answers(checks, directory.add("*:*", **facts), "orders read", "orders write")
        assert [(each.allowed, each.reason) for each in told] == [(False, reason)] * 2

    async def test_a_stranger_is_not_found(self, checks: Checks) -> None:
        with pytest.raises(NotFound):
            await answers(checks, new_id(), "orders read")

    async def test_a_changed_snapshot_counts_at_once(self, checks: Checks, directory: Directory) -> None:
        user_id = directory.add("orders:read")
        assert await allowed(checks, user_id, "orders read")
        directory.users[user_id] = EffectivePermissions(user=User(id=str(user_id), status="active"))
        assert not await allowed(checks, user_id, "orders read")


class TestPolicies:
    async def test_a_deny_wins_over_a_role_and_is_named(self, checks: Checks, directory: Directory) -> None:
        directory.policies.append(PolicySource("1", "no-deletes", "deny", "orders:*", ("delete",)))
        (told,) = await answers(checks, directory.add("orders:*"), "orders:7 delete")
        assert (told.allowed, told.matched_policy) == (False, "no-deletes")
        assert told.reason == "The policy 'no-deletes' denies it."

    async def test_an_allow_grants_what_no_role_does(self, checks: Checks, directory: Directory) -> None:
        directory.policies.append(PolicySource("1", "readers", "allow", "orders:*", ("read",)))
        (told,) = await answers(checks, directory.add(), "orders:7 read")
        assert (told.allowed, told.matched_policy) == (True, "readers")

    async def test_a_role_is_named_as_the_reason(self, checks: Checks, directory: Directory) -> None:
        (told,) = await answers(checks, directory.add("orders:read"), "orders:7 read")
        assert told.reason == "The permission orders:read is held through the role 'clerk'."

    async def test_the_metadata_of_the_user_counts(self, checks: Checks, directory: Directory) -> None:
        in_sales = {"attribute": "subject.attributes.department", "operator": "eq", "value": "sales"}
        directory.policies.append(PolicySource("1", "sales", "allow", "leads", ("read",), 0, in_sales))
        seller, stranger = directory.add(), directory.add()
        directory.users[seller].metadata = '{"department":"sales"}'
        assert await allowed(checks, seller, "leads read")
        assert not await allowed(checks, stranger, "leads read")

    async def test_whoever_may_not_act_is_not_helped_by_a_policy(self, checks: Checks, directory: Directory) -> None:
        directory.policies.append(PolicySource("1", "everybody", "allow", "*", ("*",)))
        (told,) = await answers(checks, directory.add(status="inactive"), "orders read")
        assert not told.allowed
        assert told.trace()["decided_by"] == "user"


class TestDenials:
    async def test_one_is_observed_with_its_question(self, checks: Checks, directory: Directory, bus: Bus) -> None:
        user_id = directory.add("orders:read")
        await answers(checks, user_id, "orders write")
        (event,) = observed(bus)
        assert (event.type, event.actor_id, event.resource_id) == ("permission.denied", APPLICATION.id, user_id)
        assert (event.metadata["resource"], event.metadata["action"]) == ("orders", "write")

    async def test_a_batch_is_one_observation(self, checks: Checks, directory: Directory, bus: Bus) -> None:
        await answers(checks, directory.add("orders:read"), "orders read", "orders write", "orders delete")
        (event,) = observed(bus)
        (told,) = event.metadata["denied"]
        assert told["reason"] == "No role grants it and no policy allows it."
        assert told["pairs"] == [["orders", "write"], ["orders", "delete"]]

    async def test_each_reason_of_a_batch_is_told(self, checks: Checks, directory: Directory, bus: Bus) -> None:
        directory.policies.append(PolicySource("1", "no-deletes", "deny", "orders", ("delete",)))
        await answers(checks, directory.add("orders:*"), "orders delete", "orders read", "invoices read")
        (event,) = observed(bus)
        told = {each.get("matched_policy"): each["pairs"] for each in event.metadata["denied"]}
        assert told == {"no-deletes": [["orders", "delete"]], None: [["invoices", "read"]]}

    async def test_a_grant_is_not_observed(self, checks: Checks, directory: Directory, bus: Bus) -> None:
        await answers(checks, directory.add("orders:read"), "orders read")
        assert observed(bus) == []


class TestTurns:
    async def test_a_long_batch_lets_others_go_on(self, directory: Directory, checks: Checks) -> None:
        """Thousands of patterns make a decision slow: for the length of a batch nobody would be served."""
        user = directory.add()
        directory.policies = [
            PolicySource(str(new_id()), f"p{n}", "deny", f"or*:x*y{n}", ("read",)) for n in range(2_000)
        ]
        batch = asyncio.create_task(answers(checks, user, *(f"orders:x{n} read" for n in range(100))))
        turns = 0
        while not batch.done():
            turns += 1
            await asyncio.sleep(0)
        assert [answer.allowed for answer in await batch] == [False] * 100
        assert turns > 10
