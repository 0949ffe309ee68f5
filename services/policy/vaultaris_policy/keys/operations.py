"""Deciding for an API key."""

from vaultaris_kit.principal import Principal
from vaultaris_policy.checks.operations import Answer, Checks, Question
from vaultaris_policy.keys.askers import KeyAskers


async def authorize_key(checks: Checks, askers: KeyAskers, key: Principal, asked: Question) -> Answer:
    """The decision on ``asked`` for the caller's own key. Raises :class:`Unauthorized` when its owner is away."""
    asker = await askers.of_key(key)
    answers = await checks.decide(key.tenant_id, asker, [asked])
    checks.observe(key, key.tenant_id, ("api_key", key.id), answers)
    return answers[0]
