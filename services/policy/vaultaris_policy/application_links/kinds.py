"""Policies as something that an application can have, and how they end together with it."""

from uuid import UUID

from vaultaris_kit.application_links.elsewhere import Owned, in_application
from vaultaris_kit.application_links.kinds import Kind
from vaultaris_kit.principal import Principal
from vaultaris_kit.service import Runtime
from vaultaris_policy.application_links.models import PolicyLink
from vaultaris_policy.base import OUTBOX
from vaultaris_policy.policies.operations import delete_policy
from vaultaris_policy.policies.repository import Policies

POLICIES = Kind("policy", "policies", Policies, PolicyLink, OUTBOX, in_application)


async def _delete_policy(runtime: Runtime, principal: Principal, tenant_id: UUID, policy_id: UUID) -> None:
    async with runtime.database.tenant(tenant_id) as session:
        await delete_policy(session, principal, tenant_id=tenant_id, policy_id=policy_id, expected=None)


OWNED = (Owned(POLICIES, _delete_policy),)
