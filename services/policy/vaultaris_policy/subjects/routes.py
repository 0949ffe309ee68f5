"""HTTP: what a user may do, and who may do something."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request

from vaultaris_kit.http.body import JsonRoute
from vaultaris_kit.http.dependencies import Caller, allow, runtime_of
from vaultaris_kit.http.envelopes import One, one
from vaultaris_kit.principal import Principal
from vaultaris_policy.checks.freshness import Freshness
from vaultaris_policy.checks.snapshots import Snapshots
from vaultaris_policy.evaluation.routes import FreshQuery
from vaultaris_policy.policies.sets import PolicySets
from vaultaris_policy.subjects.permissions import permissions_of
from vaultaris_policy.subjects.schemas import Subjects, SubjectsRequest, UserPermissions
from vaultaris_policy.subjects.search import find_subjects
from vaultaris_policy.subjects.ways import Ways

router = APIRouter(prefix="/api/v1/tenants/{tenant_id}", tags=["policies"], route_class=JsonRoute)

ExplainQuery = Annotated[bool, Query(description="Whether each permission tells by which roles it is held, and how.")]


@router.get("/users/{user_id}/permissions", operation_id="user-permissions")
async def read_user_permissions(
    request: Request,
    tenant_id: UUID,
    user_id: UUID,
    principal: Caller,
    explain: ExplainQuery = False,
    at_least_as_fresh: FreshQuery = None,
) -> One[UserPermissions]:
    """All permissions in force for a user by roles; policies are not in it. Everybody may read their own themselves.

    For anybody else's it needs the right `permissions:read`.
    """
    runtime = runtime_of(request)
    if not _is_own(principal, tenant_id, user_id):
        await runtime.access.require(principal, "permissions:read", tenant_id)
    runtime.get(Freshness).for_user(at_least_as_fresh, tenant_id, user_id)
    snapshot = await runtime.get(Snapshots).of_user(tenant_id, user_id)
    return one(permissions_of(snapshot, await runtime.get(Ways).of_user(tenant_id, user_id) if explain else None))


def _is_own(principal: Principal, tenant_id: UUID, user_id: UUID) -> bool:
    return principal.is_present and (principal.tenant_id, principal.id) == (tenant_id, user_id)


@router.post(
    "/policies/subjects",
    operation_id="policies-subjects",
    dependencies=[allow("policies:evaluate"), allow("users:read")],
)
async def find_policy_subjects(request: Request, tenant_id: UUID, body: SubjectsRequest) -> One[Subjects]:
    """Which users may do something, by roles and policies, a page at a time. Needs `users:read` as well."""
    runtime = runtime_of(request)
    policies = await runtime.get(PolicySets).of_tenant(tenant_id)
    return one(await find_subjects(runtime.peers, policies, tenant_id, body))
