"""A decision that would take long is refused, whoever wrote the conditions and whatever they compare with."""

import time
from typing import Any

import pytest

from services.policy.tests.checks.test_operations import APPLICATION, TENANT, Directory
from vaultaris_kit.access import Access
from vaultaris_kit.bus import Bus
from vaultaris_kit.metrics import REGISTRY
from vaultaris_policy.checks import meter
from vaultaris_policy.checks.meter import MAX_SECONDS, MAX_TOGETHER_SECONDS, Metered, Together, TooCostly
from vaultaris_policy.checks.operations import NOT_DECIDED, Checks
from vaultaris_policy.checks.recent import Recent
from vaultaris_policy.checks.schemas import BatchItem
from vaultaris_policy.checks.snapshots import Snapshots
from vaultaris_policy.engine.policies import PolicySource

LONG = {"resource": {"attributes": {"one": "a" * 30_000 + "b", "other": "a" * 30_000 + "c"}}}


def policy(number: int, conditions: Any, effect: Any = "allow") -> PolicySource:
    return PolicySource(f"{number:06}", f"p{number}", effect, "orders:*", ("read",), 0, conditions)


def bomb(effect: Any) -> list[PolicySource]:
    """Together some seconds of looking for texts in long texts."""
    needles = ["a" * 40 + f"{number:03}" for number in range(1000)]
    leaf = {"attribute": "resource.attributes.one", "operator": "contains_any", "value": needles}
    return [policy(number, {"all": [{"not": leaf}, leaf]}, effect) for number in range(200)]


@pytest.fixture
def directory() -> Directory:
    return Directory()


@pytest.fixture
def checks(directory: Directory) -> Checks:
    bus = Bus("nats://127.0.0.1:9", "test")
    return Checks(Snapshots(Access(bus, directory.source)), directory.policies_of, bus, Recent(0))


class TestMeter:
    @pytest.mark.parametrize("effect", ["allow", "deny"])
    async def test_neither_yes_nor_no(self, directory: Directory, checks: Checks, effect: str) -> None:
        user_id = directory.add("orders:write")
        directory.policies = bomb(effect)
        before = time.thread_time()
        with pytest.raises(TooCostly):
            await checks.answer(
                APPLICATION, tenant_id=TENANT, user_id=user_id, questions=[BatchItem("orders:1", "read", LONG)]
            )
        assert time.thread_time() - before < 10 * MAX_SECONDS
        (answer,) = await checks.answer(
            APPLICATION, tenant_id=TENANT, user_id=user_id, questions=[BatchItem("orders:1", "write", LONG)]
        )
        assert answer.allowed  # nothing else of the tenant suffers

    async def test_a_trace_has_time_of_its_own(self, directory: Directory, checks: Checks) -> None:
        user_id = directory.add()
        directory.policies = [policy(1, {"attribute": "action", "operator": "eq", "value": "read"})]
        (answer,) = await checks.answer(
            APPLICATION, tenant_id=TENANT, user_id=user_id, questions=[BatchItem("orders:1", "read")]
        )
        spend(3 * MAX_SECONDS)
        assert answer.trace()["decided_by"] == "policy"

    def test_only_time_of_this_processor_counts(self) -> None:
        attributes = Metered(action="read")
        attributes.begin(MAX_SECONDS)
        time.sleep(2 * MAX_SECONDS)  # as when others have the processor
        attributes.check()
        spend(2 * MAX_SECONDS)
        with pytest.raises(TooCostly):
            attributes.check()

    @pytest.mark.parametrize("operator", ["eq", "in"])
    async def test_many_light_comparisons_are_noticed_too(
        self, directory: Directory, checks: Checks, operator: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(meter, "MAX_SECONDS", 0.001)
        user_id = directory.add()
        value = ["x"] if operator == "in" else "x"
        leaf = {"attribute": "resource.attributes.one", "operator": operator, "value": value}
        directory.policies = [policy(number, {"any": [leaf] * 200}) for number in range(400)]
        with pytest.raises(TooCostly):
            await checks.answer(
                APPLICATION, tenant_id=TENANT, user_id=user_id, questions=[BatchItem("orders:1", "read", LONG)]
            )


class TestTogether:
    async def test_many_that_are_each_within_their_bound_are_bounded_together(
        self, directory: Directory, checks: Checks
    ) -> None:
        """Each of them takes some hundredths of a second. What looks at nothing is decided also after that."""
        user_id = directory.add("orders:write")
        needles = ["a" * 40 + f"{number:03}" for number in range(1000)]
        leaf = {"attribute": "resource.attributes.one", "operator": "contains_any", "value": needles}
        directory.policies = [policy(1, leaf, "deny"), policy(2, None)]
        before = time.thread_time()
        asked = [BatchItem("orders:1", "read", LONG)] * 300 + [BatchItem("orders:1", "write")]
        refusals = _refusals()
        *costly, light = await checks.answer(
            APPLICATION, tenant_id=TENANT, user_id=user_id, questions=asked, batch=True
        )
        assert time.thread_time() - before < 3 * MAX_TOGETHER_SECONDS
        assert costly[0].allowed
        assert [each.decision for each in costly[-100:]] == [NOT_DECIDED] * 100
        assert light.allowed
        assert _refusals() - refusals == sum(each.decision is NOT_DECIDED for each in costly)

    def test_only_time_of_this_processor_counts(self) -> None:
        together = Together(0.02)
        for _ in range(3):
            with together:
                time.sleep(0.03)  # as when others have the processor
        assert together.seconds == MAX_SECONDS
        with together:
            spend(0.03)
        assert together.exhausted
        assert together.seconds == 0


def _refusals() -> float:
    return REGISTRY.get_sample_value("vaultaris_decisions_too_costly_total", {"bound": "request"}) or 0


def spend(seconds: float) -> None:
    until = time.thread_time() + seconds
    while time.thread_time() < until:
        pass
