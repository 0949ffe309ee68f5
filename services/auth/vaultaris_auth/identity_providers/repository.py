"""Queries over identity providers."""

from collections.abc import Iterable, Sequence
from typing import ClassVar
from uuid import UUID

from vaultaris_auth.identity_providers.models import IdentityProvider
from vaultaris_kit.http.envelopes import MAX_LIST
from vaultaris_kit.repository import TenantRepository

_ORDER = (IdentityProvider.priority, IdentityProvider.name)


class IdentityProviders(TenantRepository[IdentityProvider]):
    """The identity providers of one tenant."""

    model = IdentityProvider
    searchable: ClassVar = (IdentityProvider.name, IdentityProvider.display_name)
    sortable: ClassVar = {
        "name": IdentityProvider.name, "updated_at": IdentityProvider.updated_at, "priority": IdentityProvider.priority,
    }  # fmt: skip

    async def all(self) -> Sequence[IdentityProvider]:
        """All of them, in the order in which they are offered."""
        return (await self.session.execute(self.select().order_by(*_ORDER).limit(MAX_LIST))).scalars().all()

    async def offered(self) -> Sequence[IdentityProvider]:
        """The active ones that aren't frozen, in the order in which they are offered."""
        active = self.select().where(IdentityProvider.status == "active", IdentityProvider.freeze_reason.is_(None))
        return (await self.session.execute(active.order_by(*_ORDER).limit(MAX_LIST))).scalars().all()

    async def among(self, ids: Iterable[UUID]) -> Sequence[IdentityProvider]:
        """Those of ``ids`` that are here, active or not."""
        named = self.select().where(IdentityProvider.id.in_(list(ids)))
        return (await self.session.execute(named.order_by(*_ORDER))).scalars().all()
