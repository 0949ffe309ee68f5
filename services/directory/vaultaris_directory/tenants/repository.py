"""Queries of tenants. They are not rows of a tenant, they are the tenants; so this is no TenantRepository."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from vaultaris_directory.tenants.models import Tenant
from vaultaris_kit.errors import NotFound
from vaultaris_kit.http.envelopes import PageQuery
from vaultaris_kit.repository import page_rows

_SEARCHABLE = (Tenant.name, Tenant.slug, Tenant.display_name)
_SORTABLE = {
    "created_at": Tenant.created_at,
    "updated_at": Tenant.updated_at,
    "name": Tenant.name,
    "slug": Tenant.slug,
}


async def get_tenant(session: AsyncSession, tenant_id: UUID, *, lock: bool = False) -> Tenant:
    """A live tenant. Raises :class:`NotFound`."""
    return await _only(session, _live().where(Tenant.id == tenant_id), lock=lock)


async def get_tenant_by_slug(session: AsyncSession, slug: str) -> Tenant:
    """A live tenant. Raises :class:`NotFound`."""
    return await _only(session, _live().where(Tenant.slug == slug))


async def page_tenants(
    session: AsyncSession, query: PageQuery, *, only: UUID | None, status: str | None
) -> tuple[Sequence[Tenant], int]:
    """A page of tenants, or of the one tenant ``only``. Billing shadows are never listed."""
    rows = select(Tenant) if query.include_deleted else _live()
    rows = rows.where(Tenant.is_billing_shadow.is_(False))
    if only is not None:
        rows = rows.where(Tenant.id == only)
    if status is not None:
        rows = rows.where(Tenant.status == status)
    return await page_rows(session, rows, query, _SEARCHABLE, _SORTABLE, Tenant.id)


def _live() -> Select[Tenant]:
    return select(Tenant).where(Tenant.deleted_at.is_(None))


async def _only(session: AsyncSession, found: Select[Tenant], *, lock: bool = False) -> Tenant:
    tenant = (await session.execute(found.with_for_update(key_share=True) if lock else found)).scalar_one_or_none()
    if tenant is None:
        raise NotFound
    return tenant
