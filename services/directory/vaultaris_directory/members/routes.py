"""HTTP: the members of an application."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from vaultaris_directory.applications.repository import Applications
from vaultaris_directory.members import operations
from vaultaris_directory.members.leaving import end_access
from vaultaris_directory.members.models import Member
from vaultaris_directory.members.repository import page_members
from vaultaris_directory.members.schemas import MemberAdd, MemberOut, MemberUpdate, Role, Status
from vaultaris_kit.http.body import JsonRoute
from vaultaris_kit.http.dependencies import Person, allow, runtime_of
from vaultaris_kit.http.envelopes import One, PageOf, Paging, one, page_of
from vaultaris_kit.http.preconditions import ExpectedVersion, set_etag
from vaultaris_kit.principal import Principal

router = APIRouter(
    prefix="/api/v1/tenants/{tenant_id}/applications/{application_id}/members",
    tags=["application-members"],
    route_class=JsonRoute,
)

_out = MemberOut.model_validate


@router.get("", operation_id="app-members-list", dependencies=[allow("members:read")])
async def list_members(
    request: Request,
    tenant_id: UUID,
    application_id: UUID,
    query: Paging,
    role: Annotated[Role | None, Query()] = None,
    status: Annotated[Status | None, Query()] = None,
) -> PageOf[MemberOut]:
    """Sorts by invited_at; searches names and addresses."""
    wanted = {Member.role: role, Member.status: status}
    conditions = [column == value for column, value in wanted.items() if value is not None]
    async with runtime_of(request).database.tenant(tenant_id) as session:
        await Applications(session, tenant_id).get(application_id)
        rows, total = await page_members(
            session, query, *conditions, tenant_id=tenant_id, application_id=application_id
        )
    return page_of(rows, total, query, _out)


@router.post("", operation_id="app-members-add", status_code=201)
async def add_member(
    request: Request,
    response: Response,
    tenant_id: UUID,
    application_id: UUID,
    body: MemberAdd,
    principal: Annotated[Principal, allow("members:create")],
) -> One[MemberOut]:
    """Invites a user; with `auto_activate` they are a member at once."""
    async with runtime_of(request).database.tenant(tenant_id) as session:
        member = await operations.add_member(
            session, principal, tenant_id=tenant_id, application_id=application_id, **body.model_dump()
        )
    set_etag(response, member.version)
    return one(_out(member))


@router.post("/accept", operation_id="app-members-accept")
async def accept_invitation(
    request: Request,
    response: Response,
    tenant_id: UUID,
    application_id: UUID,
    principal: Person,
) -> One[MemberOut]:
    """The caller accepts their own invitation."""
    async with runtime_of(request).database.tenant(tenant_id) as session:
        member = await operations.accept_invitation(
            session, principal, tenant_id=tenant_id, application_id=application_id
        )
    set_etag(response, member.version)
    return one(_out(member))


@router.put("/{user_id}", operation_id="app-members-update")
async def update_member(
    request: Request,
    response: Response,
    tenant_id: UUID,
    application_id: UUID,
    user_id: UUID,
    body: MemberUpdate,
    expected: ExpectedVersion,
    principal: Annotated[Principal, allow("members:update")],
) -> One[MemberOut]:
    """Merges. `active` accepts for the person. Of an isolated application, suspension ends the person's sign-ins."""
    runtime = runtime_of(request)
    async with runtime.database.tenant(tenant_id) as session:
        application = await Applications(session, tenant_id).get(application_id)
        member = await operations.update_member(
            session, principal,
            tenant_id=tenant_id, application_id=application_id, user_id=user_id,
            changes=body.changes(), expected=expected,
        )  # fmt: skip
    if member.status != "active":
        await end_access(runtime.peers, application, user_id)
    set_etag(response, member.version)
    return one(_out(member))


@router.delete("/{user_id}", operation_id="app-members-remove", status_code=204)
async def remove_member(
    request: Request,
    tenant_id: UUID,
    application_id: UUID,
    user_id: UUID,
    expected: ExpectedVersion,
    principal: Annotated[Principal, allow("members:delete")],
) -> None:
    """Of an isolated application, the person's sign-ins end too."""
    runtime = runtime_of(request)
    async with runtime.database.tenant(tenant_id) as session:
        application = await Applications(session, tenant_id).get(application_id)
        await operations.remove_member(
            session, principal,
            tenant_id=tenant_id, application_id=application_id, user_id=user_id, expected=expected,
        )  # fmt: skip
    await end_access(runtime.peers, application, user_id)
