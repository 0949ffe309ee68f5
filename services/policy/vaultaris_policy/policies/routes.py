"""HTTP: policies."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query, Request, Response

from vaultaris_kit.http.body import JsonRoute
from vaultaris_kit.http.dependencies import allow, runtime_of
from vaultaris_kit.http.envelopes import ListOf, One, PageOf, Paging, list_of, one, page_of
from vaultaris_kit.http.preconditions import ExpectedVersion, set_etag
from vaultaris_kit.limits.following import stay_within
from vaultaris_kit.limits.keeper import LimitKeeper
from vaultaris_kit.principal import Principal
from vaultaris_policy.limits import POLICIES
from vaultaris_policy.policies import operations
from vaultaris_policy.policies.repository import Policies, narrowed_to
from vaultaris_policy.policies.schemas import (
    MAX_INT32,
    Effect,
    PolicyCreate,
    PolicyOut,
    PolicyUpdate,
    PolicyVersionOut,
    Status,
)

router = APIRouter(prefix="/api/v1/tenants/{tenant_id}/policies", tags=["policies"], route_class=JsonRoute)

_out = PolicyOut.model_validate


@router.get("", operation_id="policies-list", dependencies=[allow("policies:read")])
async def list_policies(
    request: Request,
    tenant_id: UUID,
    query: Paging,
    status: Annotated[Status | None, Query()] = None,
    effect: Annotated[Effect | None, Query()] = None,
) -> PageOf[PolicyOut]:
    """Sorts by created_at, updated_at, name or priority."""
    async with runtime_of(request).database.tenant(tenant_id) as session:
        rows, total = await Policies(session, tenant_id).page(query, *narrowed_to(status, effect))
    return page_of(rows, total, query, _out)


@router.post("", operation_id="policies-create", status_code=201)
async def create_policy(
    request: Request,
    response: Response,
    tenant_id: UUID,
    body: PolicyCreate,
    principal: Annotated[Principal, allow("policies:create")],
) -> One[PolicyOut]:
    """In force at once. What is wrong with the conditions is told with its path."""
    runtime = runtime_of(request)
    limits = (await runtime.access.tenant(tenant_id)).limits
    async with runtime.database.tenant(tenant_id) as session:
        policy = await operations.create_policy(session, principal, tenant_id=tenant_id, fields=body.model_dump())
        await stay_within(session, POLICIES, tenant_id, limits)
    set_etag(response, policy.version)
    return one(_out(policy))


@router.get("/{policy_id}", operation_id="policies-get", dependencies=[allow("policies:read")])
async def read_policy(request: Request, response: Response, tenant_id: UUID, policy_id: UUID) -> One[PolicyOut]:
    async with runtime_of(request).database.tenant(tenant_id) as session:
        policy = await Policies(session, tenant_id).get(policy_id)
    set_etag(response, policy.version)
    return one(_out(policy))


@router.get("/{policy_id}/versions", operation_id="policies-versions", dependencies=[allow("policies:read")])
async def list_policy_versions(request: Request, tenant_id: UUID, policy_id: UUID) -> ListOf[PolicyVersionOut]:
    """What the policy said, newest first: the last 100 versions. The audit trail keeps all."""
    async with runtime_of(request).database.tenant(tenant_id) as session:
        policies = Policies(session, tenant_id)
        await policies.get(policy_id)
        versions = await policies.versions(policy_id)
    return list_of(versions, PolicyVersionOut.model_validate)


@router.post("/{policy_id}/versions/{version}/restore", operation_id="policies-restore")
async def restore_policy(
    request: Request,
    response: Response,
    tenant_id: UUID,
    policy_id: UUID,
    version: Annotated[int, Path(ge=1, le=MAX_INT32)],
    expected: ExpectedVersion,
    principal: Annotated[Principal, allow("policies:update")],
) -> One[PolicyOut]:
    """Has the policy say again what it said in that version, as a new version of its own; in force at once."""
    async with runtime_of(request).database.tenant(tenant_id) as session:
        policy = await operations.restore_policy(
            session, principal, tenant_id=tenant_id, policy_id=policy_id, version=version, expected=expected
        )
    set_etag(response, policy.version)
    return one(_out(policy))


@router.put("/{policy_id}", operation_id="policies-update")
async def update_policy(
    request: Request,
    response: Response,
    tenant_id: UUID,
    policy_id: UUID,
    body: PolicyUpdate,
    expected: ExpectedVersion,
    principal: Annotated[Principal, allow("policies:update")],
) -> One[PolicyOut]:
    async with runtime_of(request).database.tenant(tenant_id) as session:
        policy = await operations.update_policy(
            session, principal, tenant_id=tenant_id, policy_id=policy_id, changes=body.changes(), expected=expected
        )
    set_etag(response, policy.version)
    return one(_out(policy))


@router.delete("/{policy_id}", operation_id="policies-delete", status_code=204)
async def delete_policy(
    request: Request,
    tenant_id: UUID,
    policy_id: UUID,
    expected: ExpectedVersion,
    principal: Annotated[Principal, allow("policies:delete")],
) -> None:
    runtime = runtime_of(request)
    async with runtime.database.tenant(tenant_id) as session:
        await operations.delete_policy(session, principal, tenant_id=tenant_id, policy_id=policy_id, expected=expected)
    await runtime.get(LimitKeeper).fill(tenant_id, POLICIES.resource)
