"""HTTP: the permissions of an application."""

from uuid import UUID

from fastapi import Request, Response

from vaultaris_directory.application_links.kinds import PERMISSIONS
from vaultaris_directory.application_links.schemas import LinkedPermission, PermissionInside
from vaultaris_directory.licences.holder import Licences
from vaultaris_directory.licences.limits import stay_within
from vaultaris_directory.permissions import operations
from vaultaris_directory.permissions.models import Permission
from vaultaris_directory.permissions.schemas import PermissionOut
from vaultaris_kit.application_links.models import LinkColumns
from vaultaris_kit.application_links.operations import own_resource, share_resource
from vaultaris_kit.application_links.repository import page_linked
from vaultaris_kit.application_links.routes import Linker, link_existing, link_router
from vaultaris_kit.application_links.schemas import LinkBody, link_fields
from vaultaris_kit.http.dependencies import allow, runtime_of
from vaultaris_kit.http.envelopes import One, PageOf, Paging, one, page_of
from vaultaris_kit.http.preconditions import set_etag

router = link_router(PERMISSIONS)


def _out(row: Permission, link: LinkColumns) -> LinkedPermission:
    return LinkedPermission(**PermissionOut.model_validate(row).model_dump(), **link_fields(link))


@router.get(
    "", operation_id="app-permissions-list", dependencies=[allow("applications:read"), allow("permissions:read")]
)  # fmt: skip
async def list_permissions(
    request: Request, tenant_id: UUID, application_id: UUID, query: Paging
) -> PageOf[LinkedPermission]:
    """Needs `permissions:read` too. Sorts by created_at, updated_at, name or resource."""
    async with PERMISSIONS.opening(runtime_of(request), tenant_id, application_id) as session:
        rows, total, links = await page_linked(
            session, PERMISSIONS, query, tenant_id=tenant_id, application_id=application_id
        )
    return page_of(rows, total, query, lambda row: _out(row, links[row.id]))


@router.post(
    "",
    operation_id="app-permissions-create",
    status_code=201,
    response_model=One[LinkedPermission],
    responses={
        200: {"model": One[LinkedPermission], "description": "Linked an equal permission that was there already."},
        204: {"description": "Linked the permission that `resource_id` names."},
    },
)
async def create_permission(
    request: Request,
    response: Response,
    tenant_id: UUID,
    application_id: UUID,
    body: PermissionInside,
    principal: Linker,
) -> One[LinkedPermission] | Response:
    """Makes a permission inside the application (needs `permissions:create` too), or links what `resource_id` names."""
    if isinstance(body, LinkBody):
        return await link_existing(request, principal, PERMISSIONS, tenant_id, application_id, body)
    runtime = runtime_of(request)
    await runtime.access.require(principal, "permissions:create", tenant_id)
    async with PERMISSIONS.opening(runtime, tenant_id, application_id, to_change=True) as session:
        permission, is_new = await operations.create_permission(
            session, principal, tenant_id=tenant_id, fields=body.model_dump()
        )
        place = {"tenant_id": tenant_id, "application_id": application_id, "resource_id": permission.id}
        if is_new:
            await stay_within(session, runtime.get(Licences), tenant_id, "permissions")
            link = await own_resource(session, principal, PERMISSIONS, **place)
        else:
            link = await share_resource(session, principal, PERMISSIONS, **place)
    response.status_code = 201 if is_new else 200
    set_etag(response, permission.version)
    return one(_out(permission, link))
