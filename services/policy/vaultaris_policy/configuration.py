"""The policy service's part of templates: policies and their links."""

from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from vaultaris_kit.application_links.templates import LINKS, exported_links, put_links
from vaultaris_kit.configuration import Items, Outcome, Section
from vaultaris_kit.principal import Principal
from vaultaris_policy.application_links.kinds import POLICIES
from vaultaris_policy.policies.models import Policy
from vaultaris_policy.policies.operations import create_policy, update_policy
from vaultaris_policy.policies.schemas import PolicyCreate, PolicyState


async def _policies(session: AsyncSession, tenant_id: UUID) -> Items:
    links = await exported_links(session, POLICIES, tenant_id)
    rows = await session.execute(select(Policy).where(Policy.tenant_id == tenant_id).order_by(Policy.name))
    return [
        {**PolicyState.model_validate(policy).model_dump(mode="json"), LINKS: links.get(policy.id, [])}
        for policy in rows.scalars()
    ]


async def _put_policy(session: AsyncSession, principal: Principal, tenant_id: UUID, item: dict[str, Any]) -> Outcome:
    fields = PolicyCreate.model_validate(item).model_dump()
    known = (
        await session.execute(select(Policy).filter_by(tenant_id=tenant_id, name=fields["name"]))
    ).scalar_one_or_none()
    policy = known or await create_policy(session, principal, tenant_id=tenant_id, fields=fields)
    changes = {name: value for name, value in fields.items() if getattr(policy, name) != value}
    if known is not None and changes:
        await update_policy(
            session, principal, tenant_id=tenant_id, policy_id=known.id, changes=changes, expected=None
        )  # fmt: skip
    linked = await put_links(session, principal, POLICIES, tenant_id=tenant_id, resource_id=policy.id, item=item)
    return "created" if known is None else "updated" if changes or linked else "skipped"


SECTIONS = [Section("policies", _policies, _put_policy)]
