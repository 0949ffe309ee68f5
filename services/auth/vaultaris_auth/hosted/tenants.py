"""Tenants by the slug in a page's address."""

import re
from uuid import UUID

from vaultaris.directory.v1.directory_pb2 import GetTenantRequest, Tenant
from vaultaris.directory.v1.directory_pb2_grpc import DirectoryServiceStub
from vaultaris_kit.access import Access
from vaultaris_kit.cache import Cache
from vaultaris_kit.errors import NotFound
from vaultaris_kit.rpc.client import Peers, call

_SLUGS = 10_000
_SECONDS = 3600.0
_SLUG = re.compile(r"[a-z0-9-]{2,63}")


class HostedTenants:
    """Finds tenants. Whose a slug is never changes, and is remembered; the tenant itself is kept by Access."""

    def __init__(self, peers: Peers, access: Access) -> None:
        self._peers, self._access = peers, access
        self._ids: Cache[str, UUID] = Cache("tenant_slugs", size=_SLUGS, max_age=_SECONDS)

    async def find(self, slug: str) -> Tenant:
        """The live tenant, whatever its status. Raises NotFound, Unavailable."""
        if not _SLUG.fullmatch(slug):
            raise NotFound
        return await self._access.tenant(await self._ids.get_or_load(slug, lambda: self._load(slug)))

    async def _load(self, slug: str) -> UUID:
        stub = DirectoryServiceStub(self._peers.channel("directory"))
        return UUID((await call(stub.GetTenant, GetTenantRequest(slug=slug))).id)
