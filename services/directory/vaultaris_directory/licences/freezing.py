"""Freezing and thawing what the directory owns, and telling of it."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from vaultaris_directory.base import OUTBOX
from vaultaris_directory.licences.holder import Licences
from vaultaris_directory.licences.in_force import terms_in
from vaultaris_directory.licences.limits import CAPPED, stay_within
from vaultaris_directory.licences.terms import HOSTED
from vaultaris_directory.tenants.models import Tenant
from vaultaris_kit.limits.capped import LICENCE_REASONS, Capped, Freezable
from vaultaris_kit.limits.counting import lock_limit
from vaultaris_kit.limits.settling import Settled, settle
from vaultaris_kit.principal import SYSTEM

HOSTED_TENANTS: Final = Capped(
    HOSTED, "tenant", Tenant, Tenant.host_tenant_id, Tenant.name,
    [Tenant.deleted_at.is_(None), Tenant.status != "archived", Tenant.is_billing_shadow.is_(False)],
)  # fmt: skip
"""Hosted tenants count towards their host's cap unless archived or deleted."""

FREEZABLE: Final[Mapping[str, Capped]] = {**CAPPED, HOSTED: HOSTED_TENANTS}


async def settle_resource(session: AsyncSession, licences: Licences, tenant_id: UUID, resource: str) -> Settled:
    """Freezes and thaws a batch; hosted tenants in a transaction over all tenants.

    The terms are read behind the lock: of two who settle at once, the later goes by the newer ones.
    """
    capped = FREEZABLE[resource]
    await lock_limit(session, capped, tenant_id)
    terms = await terms_in(session, licences, tenant_id)
    settled = await settle(session, capped, tenant_id, terms.limits.get(resource), terms.reason)
    for rows, verb in ((settled.thawed, "thawed"), (settled.frozen, "frozen")):
        for row in rows:
            tell(session, capped, row, verb, row.freeze_reason)
    return settled


async def fill_places(session: AsyncSession, licences: Licences, tenant_id: UUID, resource: str) -> None:
    """Called after something was deleted: what was frozen takes the free place."""
    if (await terms_in(session, licences, tenant_id)).limits.get(resource) is not None:
        await session.flush()
        await settle_resource(session, licences, tenant_id, resource)


async def admit_restored(
    session: AsyncSession, licences: Licences, tenant_id: UUID, resource: str, row: Freezable
) -> None:
    """Called after something was restored: refuses it beyond the limit, and thaws what was frozen when it went.

    Raises :class:`Forbidden`; the transaction is over then.
    """
    await stay_within(session, licences, tenant_id, resource)
    if row.freeze_reason in LICENCE_REASONS:
        await settle_resource(session, licences, tenant_id, resource)


def tell(session: AsyncSession, capped: Capped, row: Any, verb: str, reason: str | None) -> None:
    """The event of one row that the licence has frozen or thawed; in the tenant that it belongs to."""
    tenant_id = row.id if capped.model is Tenant else row.tenant_id
    OUTBOX.emit(
        session, SYSTEM, f"{capped.noun}.{verb}", tenant_id, resource_type=capped.noun, resource_id=row.id,
        new={"freeze_reason": reason},
    )  # fmt: skip
