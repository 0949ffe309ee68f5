"""HTTP: groups."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from vaultaris_directory.groups import operations
from vaultaris_directory.groups.models import Group
from vaultaris_directory.groups.repository import Groups
from vaultaris_directory.groups.schemas import GroupCreate, GroupOut, GroupUpdate
from vaultaris_directory.licences.freezing import admit_restored, fill_places
from vaultaris_directory.licences.holder import Licences
from vaultaris_directory.licences.limits import stay_within
from vaultaris_kit.http.body import JsonRoute
from vaultaris_kit.http.dependencies import allow, runtime_of
from vaultaris_kit.http.envelopes import One, PageOf, Paging, one, page_of
from vaultaris_kit.http.preconditions import ExpectedVersion, set_etag
from vaultaris_kit.principal import Principal

router = APIRouter(prefix="/api/v1/tenants/{tenant_id}/groups", tags=["groups"], route_class=JsonRoute)

_out = GroupOut.model_validate


@router.get("", operation_id="groups-list", dependencies=[allow("groups:read")])
async def list_groups(
    request: Request,
    tenant_id: UUID,
    query: Paging,
    parent_id: Annotated[UUID | None, Query(description="Only groups directly below this one.")] = None,
) -> PageOf[GroupOut]:
    """Sorts by created_at, updated_at or name."""
    conditions = [] if parent_id is None else [Group.parent_id == parent_id]
    async with runtime_of(request).database.tenant(tenant_id) as session:
        rows, total = await Groups(session, tenant_id).page(query, *conditions)
    return page_of(rows, total, query, _out)


@router.post("", operation_id="groups-create", status_code=201)
async def create_group(
    request: Request,
    response: Response,
    tenant_id: UUID,
    body: GroupCreate,
    principal: Annotated[Principal, allow("groups:create")],
) -> One[GroupOut]:
    runtime = runtime_of(request)
    async with runtime.database.tenant(tenant_id) as session:
        group = await operations.create_group(session, principal, tenant_id=tenant_id, fields=body.model_dump())
        await stay_within(session, runtime.get(Licences), tenant_id, "groups")
    set_etag(response, group.version)
    return one(_out(group))


@router.get("/{group_id}", operation_id="groups-get", dependencies=[allow("groups:read")])
async def read_group(
    request: Request,
    response: Response,
    tenant_id: UUID,
    group_id: UUID,
) -> One[GroupOut]:
    async with runtime_of(request).database.tenant(tenant_id) as session:
        group = await Groups(session, tenant_id).get(group_id)
    set_etag(response, group.version)
    return one(_out(group))


@router.put("/{group_id}", operation_id="groups-update")
async def update_group(
    request: Request,
    response: Response,
    tenant_id: UUID,
    group_id: UUID,
    body: GroupUpdate,
    expected: ExpectedVersion,
    principal: Annotated[Principal, allow("groups:update")],
) -> One[GroupOut]:
    """Merges. Another `parent_id` moves the group with everything below it; null moves it to the root."""
    runtime = runtime_of(request)
    held = await runtime.access.rights_of(principal)
    async with runtime.database.tenant(tenant_id) as session:
        group = await operations.update_group(
            session, principal, held,
            tenant_id=tenant_id, group_id=group_id, changes=body.changes(), expected=expected,
        )  # fmt: skip
    set_etag(response, group.version)
    return one(_out(group))


@router.delete("/{group_id}", operation_id="groups-delete", status_code=204)
async def delete_group(
    request: Request,
    tenant_id: UUID,
    group_id: UUID,
    expected: ExpectedVersion,
    principal: Annotated[Principal, allow("groups:delete")],
) -> None:
    """409 while other groups stand below this one."""
    async with runtime_of(request).database.tenant(tenant_id) as session:
        await operations.delete_group(session, principal, tenant_id=tenant_id, group_id=group_id, expected=expected)
        await fill_places(session, runtime_of(request).get(Licences), tenant_id, "groups")


@router.post("/{group_id}/restore", operation_id="groups-restore")
async def restore_group(
    request: Request,
    response: Response,
    tenant_id: UUID,
    group_id: UUID,
    principal: Annotated[Principal, allow("groups:restore")],
) -> One[GroupOut]:
    runtime = runtime_of(request)
    held = await runtime.access.rights_of(principal)
    async with runtime.database.tenant(tenant_id) as session:
        group = await operations.restore_group(session, principal, held, tenant_id=tenant_id, group_id=group_id)
        await admit_restored(session, runtime.get(Licences), tenant_id, "groups", group)
    set_etag(response, group.version)
    return one(_out(group))
