"""Queries of hosted tenants, by their host."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from vaultaris_directory.tenants.models import Tenant
from vaultaris_kit.errors import NotFound
from vaultaris_kit.http.envelopes import PageQuery
from vaultaris_kit.repository import page_rows

_SEARCHABLE = (Tenant.name, Tenant.slug, Tenant.display_name)
_SORTABLE = {"created_at": Tenant.created_at, "name": Tenant.name, "slug": Tenant.slug}


async def get_hosted(session: AsyncSession, host_id: UUID, tenant_id: UUID, *, lock: bool = False) -> Tenant:
    """The tenant, locked when asked. Raises :class:`NotFound` unless this host runs it."""
    found = _hosted_by(host_id).where(Tenant.id == tenant_id)
    found = found.with_for_update(key_share=True) if lock else found
    tenant = (await session.execute(found)).scalar_one_or_none()
    if tenant is None:
        raise NotFound
    return tenant


async def page_hosted(
    session: AsyncSession, query: PageQuery, *, host_id: UUID, status: str | None
) -> tuple[Sequence[Tenant], int]:
    """A page of what a host runs, and the count of all."""
    rows = _hosted_by(host_id)
    if status is not None:
        rows = rows.where(Tenant.status == status)
    return await page_rows(session, rows, query, _SEARCHABLE, _SORTABLE, Tenant.id)


def _hosted_by(host_id: UUID) -> Select[Tenant]:
    return select(Tenant).where(
        Tenant.host_tenant_id == host_id, Tenant.deleted_at.is_(None), Tenant.is_billing_shadow.is_(False)
    )
