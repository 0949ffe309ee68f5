"""HTTP: the policies of an application."""

from typing import Annotated
from uuid import UUID

from fastapi import Request, Response
from pydantic import Tag

from vaultaris_kit.application_links.models import LinkColumns
from vaultaris_kit.application_links.operations import own_resource
from vaultaris_kit.application_links.repository import page_linked
from vaultaris_kit.application_links.routes import Linker, link_existing, link_router
from vaultaris_kit.application_links.schemas import BY_PURPOSE, LINKING, MAKING, LinkBody, Linked, link_fields
from vaultaris_kit.http.dependencies import allow, runtime_of
from vaultaris_kit.http.envelopes import One, PageOf, Paging, one, page_of
from vaultaris_kit.http.preconditions import set_etag
from vaultaris_kit.limits.following import stay_within
from vaultaris_policy.application_links.kinds import POLICIES
from vaultaris_policy.limits import POLICIES as COUNTED_POLICIES
from vaultaris_policy.policies import operations
from vaultaris_policy.policies.models import Policy
from vaultaris_policy.policies.schemas import PolicyCreate, PolicyOut

PolicyInside = Annotated[Annotated[PolicyCreate, Tag(MAKING)] | Annotated[LinkBody, Tag(LINKING)], BY_PURPOSE]


class LinkedPolicy(PolicyOut, Linked):
    """A policy, and how it belongs to the application."""


router = link_router(POLICIES)


def _out(row: Policy, link: LinkColumns) -> LinkedPolicy:
    return LinkedPolicy(**PolicyOut.model_validate(row).model_dump(), **link_fields(link))


@router.get(
    "", operation_id="app-policies-list", dependencies=[allow("applications:read"), allow("policies:read")]
)  # fmt: skip
async def list_policies(
    request: Request, tenant_id: UUID, application_id: UUID, query: Paging
) -> PageOf[LinkedPolicy]:  # fmt: skip
    """Needs `policies:read` too. Sorts by created_at, updated_at, name or priority."""
    async with POLICIES.opening(runtime_of(request), tenant_id, application_id) as session:
        rows, total, links = await page_linked(
            session, POLICIES, query, tenant_id=tenant_id, application_id=application_id
        )
    return page_of(rows, total, query, lambda row: _out(row, links[row.id]))


@router.post(
    "",
    operation_id="app-policies-create",
    status_code=201,
    response_model=One[LinkedPolicy],
    responses={204: {"description": "Linked the policy that `resource_id` names."}},
)
async def create_policy(
    request: Request, response: Response, tenant_id: UUID, application_id: UUID, body: PolicyInside, principal: Linker
) -> One[LinkedPolicy] | Response:
    """Makes a policy inside the application (needs `policies:create` too), or links the one that `resource_id` names.

    It is in force in the whole tenant, as every policy: an application gathers, its policies' patterns decide.
    """
    if isinstance(body, LinkBody):
        return await link_existing(request, principal, POLICIES, tenant_id, application_id, body)
    runtime = runtime_of(request)
    await runtime.access.require(principal, "policies:create", tenant_id)
    limits = (await runtime.access.tenant(tenant_id)).limits
    async with POLICIES.opening(runtime, tenant_id, application_id, to_change=True) as session:
        policy = await operations.create_policy(session, principal, tenant_id=tenant_id, fields=body.model_dump())
        await stay_within(session, COUNTED_POLICIES, tenant_id, limits)
        link = await own_resource(
            session, principal, POLICIES, tenant_id=tenant_id, application_id=application_id, resource_id=policy.id
        )
    set_etag(response, policy.version)
    return one(_out(policy, link))
