"""Deciding for an API key."""

from typing import Any

from vaultaris_kit.principal import Principal
from vaultaris_policy.checks.operations import Answer, Checks, Question
from vaultaris_policy.keys.askers import KeyAskers
from vaultaris_policy.subjects.ways import Ways


async def authorize_key(checks: Checks, askers: KeyAskers, key: Principal, asked: Question) -> Answer:
    """The decision on ``asked`` for the caller's own key. Raises :class:`Unauthorized` when its owner is away."""
    asker = await askers.of_key(key)
    answers = await checks.decide(key.tenant_id, asker, [asked])
    checks.observe(key, key.tenant_id, ("api_key", key.id), answers)
    return answers[0]


async def trace_of_key(ways: Ways, key: Principal, answer: Answer) -> dict[str, Any]:
    """The trace, for a person's key with the ways by which that person holds each role."""
    trace = answer.trace()
    if key.owner_type == "user" and key.owner_id is not None:
        await ways.add_to([trace], key.tenant_id, key.owner_id)
    return trace
