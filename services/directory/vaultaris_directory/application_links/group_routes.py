"""HTTP: the groups of an application."""

from uuid import UUID

from fastapi import Request, Response

from vaultaris_directory.application_links.kinds import GROUPS
from vaultaris_directory.application_links.schemas import GroupInside, LinkedGroup
from vaultaris_directory.groups import operations
from vaultaris_directory.groups.models import Group
from vaultaris_directory.groups.schemas import GroupOut
from vaultaris_directory.licences.holder import Licences
from vaultaris_directory.licences.limits import stay_within
from vaultaris_kit.application_links.models import LinkColumns
from vaultaris_kit.application_links.operations import own_resource
from vaultaris_kit.application_links.repository import page_linked
from vaultaris_kit.application_links.routes import Linker, link_existing, link_router
from vaultaris_kit.application_links.schemas import LinkBody, link_fields
from vaultaris_kit.http.dependencies import allow, runtime_of
from vaultaris_kit.http.envelopes import One, PageOf, Paging, one, page_of
from vaultaris_kit.http.preconditions import set_etag

router = link_router(GROUPS)


def _out(row: Group, link: LinkColumns) -> LinkedGroup:
    return LinkedGroup(**GroupOut.model_validate(row).model_dump(), **link_fields(link))


@router.get(
    "", operation_id="app-groups-list", dependencies=[allow("applications:read"), allow("groups:read")]
)  # fmt: skip
async def list_groups(request: Request, tenant_id: UUID, application_id: UUID, query: Paging) -> PageOf[LinkedGroup]:
    """Needs `groups:read` too. Sorts by created_at, updated_at or name."""
    async with GROUPS.opening(runtime_of(request), tenant_id, application_id) as session:
        rows, total, links = await page_linked(
            session, GROUPS, query, tenant_id=tenant_id, application_id=application_id
        )
    return page_of(rows, total, query, lambda row: _out(row, links[row.id]))


@router.post(
    "",
    operation_id="app-groups-create",
    status_code=201,
    response_model=One[LinkedGroup],
    responses={204: {"description": "Linked the group that `resource_id` names."}},
)
async def create_group(
    request: Request, response: Response, tenant_id: UUID, application_id: UUID, body: GroupInside, principal: Linker
) -> One[LinkedGroup] | Response:
    """Makes a group inside the application (needs `groups:create` too), or links the one that `resource_id` names."""
    if isinstance(body, LinkBody):
        return await link_existing(request, principal, GROUPS, tenant_id, application_id, body)
    runtime = runtime_of(request)
    await runtime.access.require(principal, "groups:create", tenant_id)
    async with GROUPS.opening(runtime, tenant_id, application_id, to_change=True) as session:
        group = await operations.create_group(session, principal, tenant_id=tenant_id, fields=body.model_dump())
        await stay_within(session, runtime.get(Licences), tenant_id, "groups")
        link = await own_resource(
            session, principal, GROUPS, tenant_id=tenant_id, application_id=application_id, resource_id=group.id
        )
    set_etag(response, group.version)
    return one(_out(group, link))
