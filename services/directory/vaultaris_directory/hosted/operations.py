"""What a host can do to the tenants that it runs."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from vaultaris_directory.base import OUTBOX
from vaultaris_directory.changes import apply_changes
from vaultaris_directory.hosted.hosting import require_hosting, stay_within_cap
from vaultaris_directory.hosted.repository import get_hosted
from vaultaris_directory.licences.holder import Licences
from vaultaris_directory.licences.token import Hosting
from vaultaris_directory.links import link
from vaultaris_directory.tenants.models import Tenant
from vaultaris_directory.tenants.operations import add_tenant, changes_of_status, event_type_of
from vaultaris_directory.tenants.system_roles import ADMIN
from vaultaris_directory.users.models import UserRole
from vaultaris_directory.users.operations import create_user
from vaultaris_kit.errors import Invalid
from vaultaris_kit.http.preconditions import check_version
from vaultaris_kit.principal import Principal


async def add_hosted(
    session: AsyncSession,
    principal: Principal,
    licences: Licences,
    *,
    host_id: UUID,
    tenant_id: UUID,
    fields: Mapping[str, Any],
    admin: Mapping[str, Any] | None,
    password_hash: str | None,
) -> Tenant:
    """A new tenant under a host, with its first administrator. Raises Invalid, Conflict, Forbidden over the cap."""
    _check_tier(await require_hosting(session, licences, host_id), fields["tier"])
    tenant, roles = await add_tenant(
        session, principal, tenant_id=tenant_id, fields={**fields, "host_tenant_id": host_id}
    )
    await stay_within_cap(session, licences, host_id)
    if admin is not None:
        user = await create_user(session, principal, tenant_id=tenant_id, fields=admin, password_hash=password_hash)
        await link(session, UserRole, tenant_id, user_id=user.id, role_id=roles[ADMIN])
    _tell_host(session, principal, "tenant.hosted_created", tenant, new={"slug": tenant.slug, "tier": tenant.tier})
    return tenant


async def set_status(
    session: AsyncSession,
    principal: Principal,
    licences: Licences,
    *,
    host_id: UUID,
    tenant_id: UUID,
    status: str,
    reason: str | None,
    expected: int | None,
) -> Tenant:
    """Suspends, archives or reopens.

    Raises NotFound, PreconditionFailed, and Forbidden when reopening would break the cap.
    """
    tenant = await get_hosted(session, host_id, tenant_id, lock=True)
    check_version(tenant.version, expected)
    was_archived = tenant.status == "archived"
    old, new = apply_changes(tenant, changes_of_status(tenant, status))
    if not new:
        return tenant
    await session.flush()
    if was_archived:
        await stay_within_cap(session, licences, host_id)
    told = {**new, "reason": reason}
    OUTBOX.emit(
        session, principal, event_type_of(new), tenant_id, resource_type="tenant", resource_id=tenant_id,
        old=old, new=told,
    )  # fmt: skip
    _tell_host(session, principal, "tenant.hosted_status_changed", tenant, old=old, new=told)
    return tenant


async def set_tier(
    session: AsyncSession,
    principal: Principal,
    licences: Licences,
    *,
    host_id: UUID,
    tenant_id: UUID,
    tier: str,
    expected: int | None,
) -> Tenant:
    """Hands out another tier. Raises NotFound, PreconditionFailed, Invalid, and Forbidden without hosting."""
    tenant = await get_hosted(session, host_id, tenant_id, lock=True)
    check_version(tenant.version, expected)
    _check_tier(await require_hosting(session, licences, host_id), tier)
    old, new = apply_changes(tenant, {"tier": tier})
    if new:
        await session.flush()
        OUTBOX.emit(
            session, principal, "tenant.tier_changed", tenant_id, resource_type="tenant", resource_id=tenant_id,
            old=old, new=new,
        )  # fmt: skip
        _tell_host(session, principal, "tenant.hosted_tier_changed", tenant, old=old, new=new)
    return tenant


def _check_tier(hosting: Hosting, tier: str) -> None:
    if tier not in {"community", *hosting.allowed_tiers}:
        raise Invalid.field("tier", "The licence doesn't let this host hand out that tier.", "tier_not_allowed")


def _tell_host(session: AsyncSession, principal: Principal, event_type: str, tenant: Tenant, **values: Any) -> None:
    """The host's own record of what it did."""
    assert tenant.host_tenant_id is not None
    OUTBOX.emit(
        session, principal, event_type, tenant.host_tenant_id,
        resource_type="tenant", resource_id=tenant.id, **values,
    )  # fmt: skip
