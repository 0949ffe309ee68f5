"""Which tenant may host others, and how many."""

from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from vaultaris_directory.licences.holder import Licences
from vaultaris_directory.licences.token import Hosting
from vaultaris_directory.locks import lock_tree
from vaultaris_directory.tenants.models import Tenant
from vaultaris_kit.errors import Forbidden
from vaultaris_kit.ids import now


def hosting_of(licences: Licences, host_id: UUID) -> Hosting:
    """The hosting that the licence grants now, to the one tenant that it names; so no hosted tenant hosts others."""
    licence = licences.in_force
    return licence.features_at(now()).hosting if licence.tenant_id == host_id else Hosting()


def require_hosting(licences: Licences, host_id: UUID) -> Hosting:
    """Raises :class:`Forbidden` when the tenant may not host."""
    hosting = hosting_of(licences, host_id)
    if not hosting.enabled:
        raise Forbidden("The licence doesn't let this tenant host others.", code="feature_not_licensed")
    return hosting


async def count_hosted(session: AsyncSession, host_id: UUID) -> int:
    """How many tenants count towards the cap: all but the archived and the deleted."""
    query = select(func.count()).where(
        Tenant.host_tenant_id == host_id, Tenant.deleted_at.is_(None), Tenant.status != "archived"
    )
    return (await session.execute(query)).scalar_one()


async def stay_within_cap(session: AsyncSession, hosting: Hosting, host_id: UUID) -> None:
    """Called after a hosted tenant was added or taken out of the archive. Raises :class:`Forbidden` over the cap.

    Those who do the same for one host wait here for each other.
    """
    if hosting.max_hosted_tenants is None:
        return
    await lock_tree(session, "hosted", host_id)
    if await count_hosted(session, host_id) > hosting.max_hosted_tenants:
        raise Forbidden(
            f"The licence allows {hosting.max_hosted_tenants} hosted tenants.", code="license_limit_exceeded"
        )
