"""What can be done to policies."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from vaultaris_kit.clashes import flush_or_clash
from vaultaris_kit.conditions.errors import RuleFault
from vaultaris_kit.errors import Conflict
from vaultaris_kit.http.conditions import refusal
from vaultaris_kit.http.preconditions import check_version
from vaultaris_kit.ids import new_id, now
from vaultaris_kit.limits.capped import require_thawed
from vaultaris_kit.principal import Principal
from vaultaris_policy.base import OUTBOX
from vaultaris_policy.engine.policies import PolicySource, check_policy
from vaultaris_policy.policies.models import Policy, PolicyVersion, state_of
from vaultaris_policy.policies.repository import Policies

MAX_POLICIES: Final = 10_000
MAX_WRITTEN_BYTES: Final = 16 * 1024 * 1024
"""How much a tenant may hold, in conditions and actions: every check keeps all of its policies in memory."""

_WEIGHTY: Final = {"conditions", "actions"}
_MEANING: Final = {"effect", "resource_pattern", *_WEIGHTY}

_CLASHES = {"uq_policies_name": "The name is taken by another policy."}


async def create_policy(
    session: AsyncSession, principal: Principal, *, tenant_id: UUID, fields: Mapping[str, Any]
) -> Policy:
    """A new policy, in force from the commit on.

    Raises :class:`~vaultaris_kit.errors.Invalid` with the path of what is wrong, :class:`Conflict` for a taken name or
    a full tenant.
    """
    policy = Policy(id=new_id(), tenant_id=tenant_id, **fields)
    _check(policy)
    policies = Policies(session, tenant_id)
    await policies.lock()
    await _require_room(policies, policy)
    session.add(policy)
    await flush_or_clash(session, _CLASHES)
    _record(session, principal, policy)
    _emit(session, principal, "policy.created", policy, new=state_of(policy))
    return policy


async def update_policy(
    session: AsyncSession,
    principal: Principal,
    *,
    tenant_id: UUID,
    policy_id: UUID,
    changes: Mapping[str, Any],
    expected: int | None,
) -> Policy:
    """Changes a policy; its history keeps what it said. Raises as :func:`create_policy`."""
    policies = Policies(session, tenant_id)
    if changes.keys() & _WEIGHTY:
        await policies.lock()
    policy = await policies.get(policy_id, lock=True)
    check_version(policy.version, expected)
    require_thawed(policy)
    new = {name: value for name, value in changes.items() if getattr(policy, name) != value}
    if not new:
        return policy
    old = {name: getattr(policy, name) for name in new}
    with session.no_autoflush:  # not written before it is found to be sound
        for name, value in new.items():
            setattr(policy, name, value)
        if new.keys() & _MEANING or new.get("status") == "active":  # what was fine once may always be switched off
            _check(policy)
        if new.keys() & _WEIGHTY:
            await _require_room(policies, policy)
    await flush_or_clash(session, _CLASHES)
    _record(session, principal, policy)
    await policies.forget_versions(policy)
    _emit(session, principal, "policy.updated", policy, old=old, new=new)
    return policy


async def restore_policy(
    session: AsyncSession, principal: Principal, *, tenant_id: UUID, policy_id: UUID, version: int, expected: int | None
) -> Policy:
    """Has a policy say again what it said in ``version``, as a new version. Raises as :func:`update_policy`."""
    kept = await Policies(session, tenant_id).version(policy_id, version)
    return await update_policy(
        session, principal, tenant_id=tenant_id, policy_id=policy_id, changes=kept.state, expected=expected
    )


async def delete_policy(
    session: AsyncSession, principal: Principal, *, tenant_id: UUID, policy_id: UUID, expected: int | None
) -> None:
    """Removes a policy and its history; the audit trail keeps what it said."""
    policy = await Policies(session, tenant_id).get(policy_id, lock=True)
    check_version(policy.version, expected)
    old = state_of(policy)
    await session.delete(policy)
    _emit(session, principal, "policy.deleted", policy, old=old)


def source_of(row: Any) -> PolicySource:
    """A policy's row as the engine takes it."""
    return PolicySource(
        str(row.id), row.name, row.effect, row.resource_pattern, tuple(row.actions), row.priority, row.conditions
    )


def _check(policy: Policy) -> None:
    try:
        check_policy(source_of(policy))
    except RuleFault as fault:
        raise refusal(fault) from fault


async def _require_room(policies: Policies, policy: Policy) -> None:
    """Whether the policy fits beside the tenant's others. Raises :class:`Conflict`."""
    count, size = await policies.extent_besides(policy.id)
    if count + 1 > MAX_POLICIES:
        raise Conflict(f"A tenant can have at most {MAX_POLICIES:,} policies.", code="limit_reached")
    if size + len(msgspec.json.encode([policy.conditions, policy.actions])) > MAX_WRITTEN_BYTES:
        raise Conflict(
            f"Conditions and actions of a tenant's policies can have at most {MAX_WRITTEN_BYTES:,} bytes together.",
            code="limit_reached",
        )


def _record(session: AsyncSession, principal: Principal, policy: Policy) -> None:
    session.add(
        PolicyVersion(
            policy_id=policy.id,
            version=policy.version,
            tenant_id=policy.tenant_id,
            changed_at=now(),
            actor_type=principal.kind,
            actor_id=principal.id,
            state=state_of(policy),
        )
    )


def _emit(session: AsyncSession, principal: Principal, event_type: str, policy: Policy, **values: Any) -> None:
    OUTBOX.emit(
        session, principal, event_type, policy.tenant_id, resource_type="policy", resource_id=policy.id, **values
    )
