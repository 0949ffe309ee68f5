"""HTTP: hosted tenants, under their host's path. Work that spans host and hosted tenant sees all tenants."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from vaultaris_directory.hosted import operations
from vaultaris_directory.hosted.hosting import count_hosted, hosting_in, require_hosting
from vaultaris_directory.hosted.repository import get_hosted, page_hosted
from vaultaris_directory.hosted.schemas import (
    CapabilityOut,
    HostedCreate,
    HostedOut,
    HostedStatus,
    HostedTier,
    StatsOut,
    capability_out,
    stats_out,
)
from vaultaris_directory.hosted.stats import stats_of
from vaultaris_directory.licences.holder import Licences
from vaultaris_directory.licences.settler import Settler
from vaultaris_directory.passwords.hashing import Passwords
from vaultaris_directory.passwords.policy import PasswordPolicy
from vaultaris_directory.passwords.setting import NewPassword, hash_new_password
from vaultaris_directory.revoking import revoke_tenant
from vaultaris_directory.tenants.operations import provision_in_auth
from vaultaris_directory.tenants.schemas import Status
from vaultaris_kit.http.body import JsonRoute
from vaultaris_kit.http.dependencies import allow, runtime_of
from vaultaris_kit.http.envelopes import One, PageOf, Paging, one, page_of
from vaultaris_kit.http.preconditions import ExpectedVersion, set_etag
from vaultaris_kit.ids import new_id
from vaultaris_kit.principal import Principal
from vaultaris_kit.service import Runtime

router = APIRouter(prefix="/api/v1/tenants/{tenant_id}/hosted-tenants", tags=["hosted-tenants"], route_class=JsonRoute)

_out = HostedOut.model_validate


@router.get("/capability", operation_id="hosted-capability", dependencies=[allow("hosted-tenants:read")])
async def read_capability(request: Request, tenant_id: UUID) -> One[CapabilityOut]:
    runtime = runtime_of(request)
    async with runtime.database.instance() as session:
        hosting = await hosting_in(session, runtime.get(Licences), tenant_id)
        current = await count_hosted(session, tenant_id)
    return one(capability_out(hosting, current))


@router.get("", operation_id="hosted-list", dependencies=[allow("hosted-tenants:read")])
async def list_hosted(
    request: Request,
    tenant_id: UUID,
    query: Paging,
    status: Annotated[Status | None, Query()] = None,
) -> PageOf[HostedOut]:
    """Sorts by created_at, name or slug."""
    async with runtime_of(request).database.instance() as session:
        rows, total = await page_hosted(session, query, host_id=tenant_id, status=status)
    return page_of(rows, total, query, _out)


@router.post("", operation_id="hosted-create", status_code=201)
async def create_hosted(
    request: Request,
    response: Response,
    tenant_id: UUID,
    body: HostedCreate,
    principal: Annotated[Principal, allow("hosted-tenants:create")],
) -> One[HostedOut]:
    """Adds a tenant with its system roles and signing keys, and its first administrator when one is named."""
    runtime, hosted_id = runtime_of(request), new_id()
    async with runtime.database.instance() as session:  # before there is any work
        await require_hosting(session, runtime.get(Licences), tenant_id)
    password_hash = await _hash(runtime, body)
    async with runtime.database.instance() as session:
        tenant = await operations.add_hosted(
            session, principal, runtime.get(Licences),
            host_id=tenant_id, tenant_id=hosted_id, fields=body.tenant(), admin=body.admin(),
            password_hash=password_hash,
        )  # fmt: skip
        await provision_in_auth(runtime.peers, hosted_id)
    set_etag(response, tenant.version)
    return one(_out(tenant))


@router.patch("/{hosted_id}/status", operation_id="hosted-status")
async def set_hosted_status(
    request: Request,
    response: Response,
    tenant_id: UUID,
    hosted_id: UUID,
    body: HostedStatus,
    expected: ExpectedVersion,
    principal: Annotated[Principal, allow("hosted-tenants:update")],
) -> One[HostedOut]:
    """A status other than `active` ends every credential of the tenant before the answer.

    Only reopening needs a licence that grants hosting.
    """
    runtime = runtime_of(request)
    async with runtime.database.instance() as session:
        if body.status == "active":
            await require_hosting(session, runtime.get(Licences), tenant_id)
        tenant = await operations.set_status(
            session, principal, runtime.get(Licences),
            host_id=tenant_id, tenant_id=hosted_id, status=body.status, reason=body.reason, expected=expected,
        )  # fmt: skip
    if body.status != "active":
        await revoke_tenant(runtime.peers, hosted_id, f"tenant {body.status}")
    await runtime.get(Settler).follow(tenant_id)
    set_etag(response, tenant.version)
    return one(_out(tenant))


@router.put("/{hosted_id}/license", operation_id="hosted-license")
async def set_hosted_tier(
    request: Request,
    response: Response,
    tenant_id: UUID,
    hosted_id: UUID,
    body: HostedTier,
    expected: ExpectedVersion,
    principal: Annotated[Principal, allow("hosted-tenants:update")],
) -> One[HostedOut]:
    """Hands out another tier, which must be `community` or one that the host's licence allows.

    The limits of the tier hold at once: what lies beyond them freezes, what lies within them thaws.
    """
    runtime = runtime_of(request)
    async with runtime.database.instance() as session:
        tenant = await operations.set_tier(
            session, principal, runtime.get(Licences),
            host_id=tenant_id, tenant_id=hosted_id, tier=body.tier, expected=expected,
        )  # fmt: skip
    await runtime.get(Settler).follow(hosted_id)
    set_etag(response, tenant.version)
    return one(_out(tenant))


@router.get("/{hosted_id}/stats", operation_id="hosted-stats", dependencies=[allow("hosted-tenants:read")])
async def read_stats(request: Request, tenant_id: UUID, hosted_id: UUID) -> One[StatsOut]:
    """How many there are, never who. Sign-ins are those of the last 30 days."""
    runtime = runtime_of(request)
    async with runtime.database.instance() as session:
        await get_hosted(session, tenant_id, hosted_id)
    return one(stats_out(hosted_id, await stats_of(runtime, hosted_id)))


async def _hash(runtime: Runtime, body: HostedCreate) -> str | None:
    if body.admin_password is None:
        return None
    names = (body.admin_username or "", body.admin_email or "")
    wanted = NewPassword(body.admin_password, names, field="admin_password")
    return await hash_new_password(runtime.get(Passwords), PasswordPolicy(), wanted, mfa_required=False)
