"""Queries over OAuth clients."""

from collections.abc import Iterable, Sequence
from typing import ClassVar
from uuid import UUID

from sqlalchemy import or_

from vaultaris_auth.clients.models import OAuthClient
from vaultaris_kit.errors import NotFound
from vaultaris_kit.repository import TenantRepository


class ClientRepository(TenantRepository[OAuthClient]):
    """The clients of one tenant."""

    model = OAuthClient
    searchable: ClassVar = (OAuthClient.name, OAuthClient.client_id)
    sortable: ClassVar = {"name": OAuthClient.name, "updated_at": OAuthClient.updated_at}

    async def get_by_reference(self, reference: str, *, lock: bool = False) -> OAuthClient:
        """The client whose row id, or else whose ``client_id``, is ``reference``. Raises :class:`NotFound`."""
        matches = OAuthClient.client_id == reference
        row_id = _as_uuid(reference)
        query = self.select().where(or_(OAuthClient.id == row_id, matches) if row_id else matches)
        found = (await self.session.execute(query.with_for_update() if lock else query)).scalars().all()
        if not found:
            raise NotFound
        return next((client for client in found if client.id == row_id), found[0])

    async def among(self, ids: Iterable[UUID]) -> Sequence[OAuthClient]:
        """Those of ``ids`` that are here, by name."""
        named = self.select().where(OAuthClient.id.in_(list(ids)))
        return (await self.session.execute(named.order_by(OAuthClient.name, OAuthClient.id))).scalars().all()


def _as_uuid(reference: str) -> UUID | None:
    try:
        return UUID(reference)
    except ValueError:
        return None
