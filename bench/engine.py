"""Decisions in process, next to Cedar and Casbin on the same policies: ``python -m bench.engine``.

Everybody gets the same policies and permissions in their own language and is asked the same questions; that they agree
is checked before anything is measured. Policies are parsed beforehand, and each library keeps what it can keep.
"""

import gc
import itertools
import json
import random
import statistics
import time
import tracemalloc
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import casbin
import cedarpy

from bench import machine
from vaultaris_kit.pauses import Pauses
from vaultaris_policy.checks.attributes import AskedQuestion
from vaultaris_policy.engine.decision import decide
from vaultaris_policy.engine.grants import PermissionSet, PermissionSource
from vaultaris_policy.engine.policies import PolicySet, PolicySource

PERMISSIONS = 50
DEPARTMENTS = 25
QUESTIONS = 400
SECONDS = 2.0
TENANTS, PER_TENANT = 1000, 100
AT = datetime(2026, 1, 31, 9, tzinfo=UTC)

MODEL = """
[request_definition]
r = sub, obj, act
[policy_definition]
p = rule, kind, act, eft
[policy_effect]
e = some(where (p.eft == allow)) && !some(where (p.eft == deny))
[matchers]
m = r.obj.kind == p.kind && (p.act == "any" || r.act == p.act) && eval(p.rule)
"""


@dataclass(frozen=True)
class Written:
    """One policy: who is in ``department`` may (or may not) read and write things of ``kind`` up to a level."""

    number: int
    effect: str
    kind: str
    department: str
    level: int


@dataclass(frozen=True)
class Asked:
    department: str
    kind: str
    action: str
    level: int


def write(count: int, kinds: int, rnd: random.Random) -> list[Written]:
    """``count`` policies over ``kinds`` resource types, a tenth of them denials."""
    return [
        Written(
            number, "deny" if number % 10 == 9 else "allow", f"kind{number % kinds}",
            f"dept{rnd.randrange(DEPARTMENTS)}", rnd.randrange(5),
        )
        for number in range(count)
    ]  # fmt: skip


def ask(kinds: int, rnd: random.Random) -> list[Asked]:
    """Half of the questions are about what the role grants, half about what policies say."""
    return [
        Asked(
            f"dept{rnd.randrange(DEPARTMENTS)}",
            f"ledger{rnd.randrange(PERMISSIONS)}" if number % 2 else f"kind{rnd.randrange(kinds)}",
            rnd.choice(("read", "write")),
            rnd.randrange(5),
        )
        for number in range(QUESTIONS)
    ]


def vaultaris(policies: Sequence[Written]) -> Callable[[Asked], bool]:
    """Our engine, from a caller's question on; the attributes are put together each time."""
    compiled = PolicySet(map(_source, policies))
    permissions = PermissionSet(
        PermissionSource(f"ledger{number}", "read", None, "clerk") for number in range(PERMISSIONS)
    )
    subjects = {
        f"dept{number}": {"id": "1", "roles": ["clerk"], "attributes": {"department": f"dept{number}"}}
        for number in range(DEPARTMENTS)
    }

    def may(asked: Asked) -> bool:
        context = {"resource": {"attributes": {"level": asked.level}}}
        question = AskedQuestion(subjects[asked.department], f"{asked.kind}:7", asked.action, context, AT)
        return decide(question, permissions, compiled).allowed

    return may


def conditions_of(policy: Written) -> dict[str, list[dict[str, str | int]]]:
    """In the language of the product."""
    return {
        "all": [
            {"attribute": "subject.attributes.department", "operator": "eq", "value": policy.department},
            {"attribute": "resource.attributes.level", "operator": "lte", "value": policy.level},
        ]
    }


def _source(policy: Written) -> PolicySource:
    name = f"policy-{policy.number}"
    return PolicySource(
        name, name, policy.effect, f"{policy.kind}:*", ("read", "write"), 0, conditions_of(policy)  # type: ignore[arg-type]  # allow or deny
    )  # fmt: skip


def cedar(policies: Sequence[Written]) -> Callable[[Asked], bool]:
    """Cedar's own engine in Rust; policies and entities are parsed once."""
    text = [
        f'{"permit" if policy.effect == "allow" else "forbid"}(principal, action in [Action::"read", Action::"write"], '
        f'resource is {policy.kind}) when {{ principal.department == "{policy.department}" && '
        f"context.level <= {policy.level} }};"
        for policy in policies
    ]
    text += [
        f'permit(principal in Role::"clerk", action == Action::"read", resource is ledger{number});'
        for number in range(PERMISSIONS)
    ]
    compiled = cedarpy.PolicySet.from_str("\n".join(text))
    people = [
        {
            "uid": {"type": "User", "id": f"dept{number}"},
            "attrs": {"department": f"dept{number}"},
            "parents": [{"type": "Role", "id": "clerk"}],
        }
        for number in range(DEPARTMENTS)
    ]
    entities = cedarpy.Entities.from_json_str(json.dumps(people))

    def may(asked: Asked) -> bool:
        request = {
            "principal": {"type": "User", "id": asked.department},
            "action": {"type": "Action", "id": asked.action},
            "resource": {"type": asked.kind, "id": "7"},
            "context": {"level": asked.level},
        }
        return bool(cedarpy.is_authorized(request, compiled, entities).allowed)

    return may


class _Thing:
    """An object as Casbin's expressions see it."""

    def __init__(self, **attributes: Any) -> None:
        self.__dict__.update(attributes)


def pycasbin(policies: Sequence[Written]) -> Callable[[Asked], bool]:
    """PyCasbin with attribute rules."""
    enforcer = casbin.Enforcer(casbin.Enforcer.new_model(text=MODEL))
    enforcer.add_policies(
        [
            [
                f"r.sub.department == '{policy.department}' && r.obj.level <= {policy.level}",
                policy.kind,
                "any",
                policy.effect,
            ]
            for policy in policies
        ]
    )
    enforcer.add_policies(
        [["r.sub.role == 'clerk'", f"ledger{number}", "read", "allow"] for number in range(PERMISSIONS)]
    )

    def may(asked: Asked) -> bool:
        subject = _Thing(department=asked.department, role="clerk")
        return bool(enforcer.enforce(subject, _Thing(kind=asked.kind, level=asked.level), asked.action))

    return may


def _rule(policy: Written) -> str:
    return f"r.sub.department == '{policy.department}' && r.obj.level <= {policy.level}"


ENGINES = {"vaultaris": vaultaris, "cedarpy": cedar, "pycasbin": pycasbin}


def compare(count: int, kinds: int) -> list[str]:
    """One line per engine."""
    rnd = random.Random(count)  # noqa: S311 - the same policies each time
    policies, asked = write(count, kinds, rnd), ask(kinds, rnd)
    made = {name: make(policies) for name, make in ENGINES.items()}
    expected = [made["vaultaris"](each) for each in asked]
    lines = []
    for name, may in made.items():
        sample = asked if name != "pycasbin" else asked[:8]
        if [may(each) for each in sample] != expected[: len(sample)]:
            raise AssertionError(f"{name} does not agree")
        told = " ".join(f"{each:>9.1f}" for each in _time(may, sample))
        lines.append(f"{count:>6,} policies, {count // kinds:>3} fit each  {name:<10} {told}")
    return lines


def _time(may: Callable[[Asked], bool], asked: Sequence[Asked]) -> tuple[float, float, float]:
    """Mean CPU of a decision, which a busy machine changes least; median and 95th percentile by the clock."""
    times: list[int] = []
    used, end = time.process_time(), time.monotonic() + SECONDS
    for each in itertools.cycle(asked):
        started = time.perf_counter_ns()
        may(each)
        times.append(time.perf_counter_ns() - started)
        if len(times) % len(asked) == 0 and time.monotonic() > end:
            break
    mean = (time.process_time() - used) * 1_000_000 / len(times)
    return mean, statistics.median(times) / 1000, statistics.quantiles(times, n=20)[-1] / 1000


def measure_memory() -> str:
    """What many tenants' compiled policies take, each asked a few questions."""
    rnd = random.Random(7)  # noqa: S311 - the same policies each time
    tracemalloc.start()
    held = [_used(_tenant(rnd)) for _ in range(TENANTS)]
    size = tracemalloc.get_traced_memory()[0] / 2**20
    tracemalloc.stop()
    return f"{len(held):,} tenants with {PER_TENANT} policies each: {size:.0f} MiB"


def measure_compiling() -> str:
    """How long the policies of a tenant take that nobody has asked about yet."""
    rnd = random.Random(8)  # noqa: S311 - the same policies each time
    times = []
    for _ in range(100):
        sources = _tenant(rnd)
        started = time.process_time()
        PolicySet(sources)
        times.append((time.process_time() - started) * 1000)
    return f"compiling {PER_TENANT} policies: {statistics.median(times):.1f} ms of CPU"


def measure_pauses() -> str:
    """For how long at a time the garbage collector keeps everybody waiting while many tenants' policies are loaded."""
    rnd = random.Random(9)  # noqa: S311 - the same policies each time
    walks: list[float] = []

    def note(phase: str, _info: dict[str, int]) -> None:
        walks.append(time.perf_counter() - (walks.pop() if phase == "stop" else 0))

    pauses = Pauses()
    pauses.shorten()
    gc.callbacks.append(note)
    held = [_used(_tenant(rnd)) for _ in range(TENANTS)]
    gc.callbacks.remove(note)
    pauses.end()
    return f"loading {len(held):,} such tenants: the collector pauses for {max(walks) * 1000:.0f} ms at the most"


def _tenant(rnd: random.Random) -> list[PolicySource]:
    return [_source(policy) for policy in write(PER_TENANT, 10, rnd)]


def _used(sources: Sequence[PolicySource]) -> PolicySet:
    compiled = PolicySet(sources)
    for kind in range(5):
        compiled.candidates("read", f"kind{kind}", "7")
    return compiled


def run() -> str:
    """All cases."""
    head = f"{'in process, microseconds per decision':<45} {'CPU':>9} {'median':>9} {'p95':>9}"
    lines = [line for count, kinds in ((100, 10), (1000, 100), (1000, 20)) for line in compare(count, kinds)]
    return "\n".join([head, *lines, measure_compiling(), measure_memory(), measure_pauses()])


if __name__ == "__main__":
    print(machine.describe())
    print(run())
