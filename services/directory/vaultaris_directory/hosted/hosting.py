"""Which tenant may host others, and how many."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from vaultaris_directory.licences.freezing import HOSTED_TENANTS
from vaultaris_directory.licences.holder import Licences
from vaultaris_directory.licences.in_force import terms_in
from vaultaris_directory.licences.terms import HOSTED
from vaultaris_directory.licences.token import Hosting
from vaultaris_directory.tenants.models import Tenant
from vaultaris_directory.tenants.repository import get_tenant
from vaultaris_kit.errors import Conflict, Forbidden
from vaultaris_kit.limits import counting


async def hosting_in(session: AsyncSession, licences: Licences, host_id: UUID) -> Hosting:
    """The hosting that a licence grants to this very tenant now; so no hosted tenant hosts without its own."""
    return (await terms_in(session, licences, host_id)).features.hosting


async def require_hosting(session: AsyncSession, licences: Licences, host_id: UUID) -> Hosting:
    """Raises :class:`Forbidden` when the tenant may not host."""
    hosting = await hosting_in(session, licences, host_id)
    if not hosting.enabled:
        raise Forbidden("The licence doesn't let this tenant host others.", code="feature_not_licensed")
    return hosting


async def count_hosted(session: AsyncSession, host_id: UUID) -> int:
    """How many tenants count towards the cap: all but the archived and the deleted."""
    return await counting.count(session, HOSTED_TENANTS, host_id)


async def stay_within_cap(session: AsyncSession, licences: Licences, host_id: UUID) -> None:
    """Called after a hosted tenant was added or taken out of the archive.

    Goes by host and licence as they are behind the lock. Raises :class:`Forbidden` without hosting and over the cap,
    :class:`NotFound` when the host has been deleted meanwhile.
    """
    await counting.lock_limit(session, HOSTED_TENANTS, host_id)
    await get_tenant(session, host_id)
    hosting = await require_hosting(session, licences, host_id)
    await counting.stay_within(session, HOSTED_TENANTS, host_id, {HOSTED: hosting.cap})


async def require_none_hosted(session: AsyncSession, tenant_id: UUID) -> None:
    """Called in the transaction, over all tenants, that deletes a tenant: those it hosts would be nobody's.

    Archived ones count too: they can be reopened. Raises :class:`Conflict`.
    """
    await counting.lock_limit(session, HOSTED_TENANTS, tenant_id)
    hosted = select(Tenant.id).where(Tenant.host_tenant_id == tenant_id, Tenant.deleted_at.is_(None)).limit(1)
    if (await session.execute(hosted)).first() is not None:
        raise Conflict("The tenant hosts others, which have to be deleted first.")
