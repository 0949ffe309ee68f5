"""Applying licences after setup."""

from typing import Any
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from vaultaris_directory.base import OUTBOX
from vaultaris_directory.licences.holder import Licences
from vaultaris_directory.licences.models import AppliedLicence
from vaultaris_directory.licences.token import Licence, LicenceFault
from vaultaris_directory.tenants.operations import require_instance_administrator
from vaultaris_directory.tenants.repository import get_tenant
from vaultaris_kit.errors import Invalid
from vaultaris_kit.ids import now
from vaultaris_kit.principal import Principal


async def apply_licence(
    session: AsyncSession, principal: Principal, licences: Licences, *, tenant_id: UUID, token: str
) -> None:
    """Puts a licence in force: for the whole instance when applied to the master tenant, else for that tenant.

    Raises Forbidden, NotFound; Invalid unless the licence is good, not expired, and names the tenant.
    """
    require_instance_administrator(principal)
    await get_tenant(session, tenant_id, lock=True)
    licence = read_for(licences, tenant_id, token)
    before = await _applied(session, licences, tenant_id)
    values = {"token": token.strip(), "applied_at": now()}
    await session.execute(
        insert(AppliedLicence)
        .values(tenant_id=tenant_id, **values)
        .on_conflict_do_update(index_elements=[AppliedLicence.tenant_id], set_=values)
    )
    _emit(session, principal, "tenant.license_applied", tenant_id, old=_told(before), new=_told(licence))


async def withdraw_licence(session: AsyncSession, principal: Principal, licences: Licences, *, tenant_id: UUID) -> None:
    """Takes an applied licence out of force; if there was none, that is no error. Raises Forbidden, NotFound."""
    require_instance_administrator(principal)
    await get_tenant(session, tenant_id, lock=True)
    before = await _applied(session, licences, tenant_id)
    gone = await session.execute(
        delete(AppliedLicence).where(AppliedLicence.tenant_id == tenant_id).returning(AppliedLicence.tenant_id)
    )
    if gone.first() is not None:
        _emit(session, principal, "tenant.license_withdrawn", tenant_id, old=_told(before))


def read_for(licences: Licences, tenant_id: UUID, token: str) -> Licence:
    """The licence that may be applied to that tenant. Raises :class:`Invalid`."""
    try:
        licence = licences.read(token)
    except LicenceFault as fault:
        raise Invalid.field("license_key", str(fault), "bad_license") from fault
    if licence.tenant_id != tenant_id:
        raise Invalid.field("license_key", "The licence names another tenant.", "other_tenant")
    if licence.status(now()) == "expired":
        raise Invalid.field("license_key", "The licence has expired.", "expired")
    return licence


async def _applied(session: AsyncSession, licences: Licences, tenant_id: UUID) -> Licence | None:
    found = select(AppliedLicence.token).where(AppliedLicence.tenant_id == tenant_id)
    return licences.applied((await session.execute(found)).scalar_one_or_none())


def _told(licence: Licence | None) -> dict[str, Any] | None:
    """A licence as events tell it: never the token, which would put it in force elsewhere."""
    if licence is None:
        return None
    return {
        "license_id": licence.jti, "tier": licence.tier, "issued_to": licence.sub,
        "issued_at": licence.issued_at, "expires_at": licence.expires_at,
        "features": licence.features.model_dump(mode="json"), "limits": licence.limits,
    }  # fmt: skip


def _emit(session: AsyncSession, principal: Principal, event_type: str, tenant_id: UUID, **values: Any) -> None:
    OUTBOX.emit(
        session, principal, event_type, tenant_id, resource_type="tenant", resource_id=tenant_id, **values
    )  # fmt: skip
