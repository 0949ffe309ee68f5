"""Live permissions: what a caller may do is asked of the directory's present state, not of the token.

Each service keeps a snapshot cache that the directory's events invalidate; no entry is served when
older than :data:`MAX_AGE_SECONDS`, and none at all while NATS is away.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from uuid import UUID

from vaultaris.directory.v1.directory_pb2 import (
    EffectivePermissions,
    GetEffectivePermissionsRequest,
    GetTenantRequest,
    Tenant,
)
from vaultaris.directory.v1.directory_pb2_grpc import DirectoryServiceStub
from vaultaris_kit.bus import Bus
from vaultaris_kit.cache import Cache
from vaultaris_kit.errors import Forbidden, NotFound, Unauthorized
from vaultaris_kit.events import Event
from vaultaris_kit.principal import Principal
from vaultaris_kit.rights import RightSet
from vaultaris_kit.rpc.client import Peers, call

MAX_AGE_SECONDS = 30.0
_USERS = 20_000
_TENANTS = 5_000


@dataclass(frozen=True, slots=True)
class Effective:
    """What is in force for a user. ``rights`` holds the unconditional permissions only."""

    answer: EffectivePermissions
    rights: RightSet

    @property
    def active(self) -> bool:
        """Whether the user may act at all."""
        return self.answer.user.status == "active" and not self.answer.user.freeze_reason


@dataclass(frozen=True)
class Source:
    """Where the truth is asked; the directory itself puts its own queries here."""

    permissions: Callable[[UUID, UUID], Awaitable[EffectivePermissions]]
    tenant: Callable[[UUID], Awaitable[Tenant]]


def directory_source(peers: Peers, *, with_metadata: bool = False) -> Source:
    """The truth over gRPC, for every service but the directory; with the users' free metadata when asked."""

    async def permissions(tenant_id: UUID, user_id: UUID) -> EffectivePermissions:
        stub = DirectoryServiceStub(peers.channel("directory"))
        request = GetEffectivePermissionsRequest(
            tenant_id=str(tenant_id), user_id=str(user_id), with_metadata=with_metadata
        )
        return await call(stub.GetEffectivePermissions, request)

    async def tenant(tenant_id: UUID) -> Tenant:
        stub = DirectoryServiceStub(peers.channel("directory"))
        return await call(stub.GetTenant, GetTenantRequest(id=str(tenant_id)))

    return Source(permissions, tenant)


@dataclass
class Access:
    """Rights of callers and facts of tenants, cached and invalidated."""

    bus: Bus
    source: Source
    _users: Cache[tuple[UUID, UUID], Effective] = field(
        default_factory=lambda: Cache("effective_permissions", size=_USERS, max_age=MAX_AGE_SECONDS)
    )
    _tenants: Cache[UUID, Tenant] = field(
        default_factory=lambda: Cache("tenants", size=_TENANTS, max_age=MAX_AGE_SECONDS)
    )

    _listening: bool = False

    async def run(self) -> None:
        """Begins to listen for changes. Until then, and whenever NATS is away, nothing is cached."""
        self.bus.on_gap.append(self.forget)
        await self.bus.listen(["directory.>"], self.invalidate)
        self._listening = True

    @property
    def _may_cache(self) -> bool:
        return self._listening and self.bus.connected

    def forget(self) -> None:
        """Drops everything; called when events may have been missed."""
        self._users.drop()
        self._tenants.drop()

    def invalidate(self, event: Event) -> None:
        """Drops what ``event`` may have changed."""
        noun = event.type.partition(".")[0]
        if noun == "user" and event.resource_id:
            self._users.drop_key((event.tenant_id, event.resource_id))
        elif noun != "auth":
            self._users.drop(lambda key: key[0] == event.tenant_id)
        if noun == "tenant":
            self._tenants.drop_key(event.tenant_id)

    async def of_user(self, tenant_id: UUID, user_id: UUID) -> Effective:
        """What is in force for a user. Raises :class:`NotFound`."""

        async def load() -> Effective:
            answer = await self.source.permissions(tenant_id, user_id)
            granted = (f"{each.resource}:{each.action}" for each in answer.permissions if not each.conditions)
            return Effective(answer, RightSet(granted))

        if not self._may_cache:
            return await load()
        return await self._users.get_or_load((tenant_id, user_id), load)

    async def tenant(self, tenant_id: UUID) -> Tenant:
        """A live tenant. Raises :class:`NotFound`."""
        if not self._may_cache:
            return await self.source.tenant(tenant_id)
        return await self._tenants.get_or_load(tenant_id, lambda: self.source.tenant(tenant_id))

    async def rights_of(self, principal: Principal) -> RightSet:
        """The live rights of a caller. A client holds those of its token's scopes that are rights."""
        if principal.kind == "user":
            try:
                effective = await self.of_user(principal.tenant_id, principal.id)
            except NotFound as gone:
                raise Unauthorized from gone
            if not effective.active:
                raise Unauthorized
            return effective.rights
        return RightSet(scope for scope in principal.scopes if ":" in scope)

    async def require(self, principal: Principal, right: str, tenant_id: UUID | None = None) -> RightSet:
        """The caller's rights, provided that they hold ``right`` in ``tenant_id``.

        Raises :class:`Forbidden`; :class:`NotFound` when an instance administrator names a tenant
        that doesn't exist. Without ``tenant_id`` the caller's own tenant is meant.
        """
        rights = await self.rights_of(principal)
        if tenant_id is not None and tenant_id != principal.tenant_id:
            if not (principal.in_master_tenant and rights.unlimited):
                raise Forbidden("This tenant is not yours.")
            await self.tenant(tenant_id)
        if right not in rights:
            raise Forbidden(f"The right {right} is needed.")
        return rights
