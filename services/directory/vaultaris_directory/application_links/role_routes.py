"""HTTP: the roles of an application."""

from uuid import UUID

from fastapi import Request, Response

from vaultaris_directory.application_links.kinds import ROLES
from vaultaris_directory.application_links.schemas import LinkedRole, RoleInside
from vaultaris_directory.licences.holder import Licences
from vaultaris_directory.licences.limits import stay_within
from vaultaris_directory.roles import operations
from vaultaris_directory.roles.models import Role
from vaultaris_directory.roles.repository import Roles
from vaultaris_directory.roles.schemas import role_out
from vaultaris_kit.application_links.models import LinkColumns
from vaultaris_kit.application_links.operations import own_resource
from vaultaris_kit.application_links.repository import page_linked
from vaultaris_kit.application_links.routes import Linker, link_existing, link_router
from vaultaris_kit.application_links.schemas import LinkBody, link_fields
from vaultaris_kit.http.dependencies import allow, runtime_of
from vaultaris_kit.http.envelopes import One, PageOf, Paging, one, page_of
from vaultaris_kit.http.preconditions import set_etag

router = link_router(ROLES)


def _out(row: Role, members: list[UUID], link: LinkColumns) -> LinkedRole:
    return LinkedRole(**role_out(row, members).model_dump(), **link_fields(link))


@router.get(
    "", operation_id="app-roles-list", dependencies=[allow("applications:read"), allow("roles:read")]
)  # fmt: skip
async def list_roles(request: Request, tenant_id: UUID, application_id: UUID, query: Paging) -> PageOf[LinkedRole]:
    """Needs `roles:read` too. Sorts by created_at, updated_at or name."""
    async with ROLES.opening(runtime_of(request), tenant_id, application_id) as session:
        rows, total, links = await page_linked(
            session, ROLES, query, tenant_id=tenant_id, application_id=application_id
        )
        members = await Roles(session, tenant_id).members_of([row.id for row in rows if row.is_composite])
    return page_of(rows, total, query, lambda row: _out(row, list(members.get(row.id, ())), links[row.id]))


@router.post(
    "",
    operation_id="app-roles-create",
    status_code=201,
    response_model=One[LinkedRole],
    responses={204: {"description": "Linked the role that `resource_id` names."}},
)
async def create_role(
    request: Request, response: Response, tenant_id: UUID, application_id: UUID, body: RoleInside, principal: Linker
) -> One[LinkedRole] | Response:
    """Makes a role inside the application (needs `roles:create` too), or links the one that `resource_id` names."""
    if isinstance(body, LinkBody):
        return await link_existing(request, principal, ROLES, tenant_id, application_id, body)
    runtime = runtime_of(request)
    held = await runtime.access.require(principal, "roles:create", tenant_id)
    async with ROLES.opening(runtime, tenant_id, application_id, to_change=True) as session:
        role = await operations.create_role(
            session, principal, held,
            tenant_id=tenant_id,
            fields=body.model_dump(exclude={"composite_role_ids"}),
            members=body.composite_role_ids,
        )  # fmt: skip
        await stay_within(session, runtime.get(Licences), tenant_id, "roles")
        link = await own_resource(
            session, principal, ROLES, tenant_id=tenant_id, application_id=application_id, resource_id=role.id
        )
    set_etag(response, role.version)
    return one(_out(role, sorted(set(body.composite_role_ids)), link))
