"""The policy service's part of templates: policies."""

from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from vaultaris_kit.configuration import Items, Outcome, Section
from vaultaris_kit.principal import Principal
from vaultaris_policy.policies.models import Policy
from vaultaris_policy.policies.operations import create_policy, update_policy
from vaultaris_policy.policies.schemas import PolicyCreate, PolicyState


async def _policies(session: AsyncSession, tenant_id: UUID) -> Items:
    rows = await session.execute(select(Policy).where(Policy.tenant_id == tenant_id).order_by(Policy.name))
    return [PolicyState.model_validate(policy).model_dump(mode="json") for policy in rows.scalars()]


async def _put_policy(session: AsyncSession, principal: Principal, tenant_id: UUID, item: dict[str, Any]) -> Outcome:
    fields = PolicyCreate.model_validate(item).model_dump()
    known = (
        await session.execute(select(Policy).filter_by(tenant_id=tenant_id, name=fields["name"]))
    ).scalar_one_or_none()
    if known is None:
        await create_policy(session, principal, tenant_id=tenant_id, fields=fields)
        return "created"
    version = known.version
    policy = await update_policy(
        session, principal, tenant_id=tenant_id, policy_id=known.id, changes=fields, expected=None
    )  # fmt: skip
    return "skipped" if policy.version == version else "updated"


SECTIONS = [Section("policies", _policies, _put_policy)]
