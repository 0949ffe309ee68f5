"""Live permissions: what a caller may do is asked of the directory's present state, not of the token.

Each service keeps a snapshot cache that the directory's events invalidate; no entry is served when
older than :data:`MAX_AGE_SECONDS`, and none at all while NATS is away.
"""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from vaultaris.directory.v1.directory_pb2 import (
    ApplicationPermissions,
    EffectivePermissions,
    GetApplicationPermissionsRequest,
    GetEffectivePermissionsRequest,
    GetGroupPermissionsRequest,
    GetTenantRequest,
    GroupPermissions,
    Tenant,
)
from vaultaris.directory.v1.directory_pb2_grpc import DirectoryServiceStub
from vaultaris_kit.api_keys.refusal import refused_key
from vaultaris_kit.bus import Bus
from vaultaris_kit.cache import Cache
from vaultaris_kit.errors import Forbidden, NotFound, Unauthorized
from vaultaris_kit.events import Event
from vaultaris_kit.principal import Principal
from vaultaris_kit.rights import EVERY_RIGHT, READ_RIGHTS, RightSet, rights_of_scopes
from vaultaris_kit.rpc.client import Peers, call

MAX_AGE_SECONDS = 30.0
_USERS = 20_000
_GROUPS = 5_000
_TENANTS = 5_000
_EVERYTHING = RightSet((EVERY_RIGHT,))
_ON_ARCHIVED = frozenset({"tenants:update", "tenants:delete", "licenses:update", "users:export", "templates:export"})


@dataclass(slots=True, eq=False)
class Effective:
    """What is in force for a user. ``rights`` holds the unconditional permissions only.

    ``compiled`` is for whatever a service makes of the answer: it is as fresh as the answer, and goes with it.
    """

    answer: EffectivePermissions
    rights: RightSet
    compiled: Any = None

    @property
    def active(self) -> bool:
        """Whether the user may act at all."""
        return self.answer.user.status == "active" and not self.answer.user.freeze_reason


@dataclass(frozen=True, slots=True)
class Conferred:
    """What a group confers. ``rights`` holds the unconditional permissions only."""

    answer: GroupPermissions
    rights: RightSet


@dataclass(frozen=True, slots=True)
class OfApplication:
    """What an application may do itself. ``rights`` holds the unconditional permissions only."""

    answer: ApplicationPermissions
    rights: RightSet


@dataclass(frozen=True)
class Source:
    """Where the truth is asked; the directory itself puts its own queries here."""

    permissions: Callable[[UUID, UUID], Awaitable[EffectivePermissions]]
    tenant: Callable[[UUID], Awaitable[Tenant]]
    group: Callable[[UUID, UUID], Awaitable[GroupPermissions]]
    application: Callable[[UUID, UUID], Awaitable[ApplicationPermissions]]


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

    async def group(tenant_id: UUID, group_id: UUID) -> GroupPermissions:
        stub = DirectoryServiceStub(peers.channel("directory"))
        return await call(
            stub.GetGroupPermissions, GetGroupPermissionsRequest(tenant_id=str(tenant_id), group_id=str(group_id))
        )

    async def application(tenant_id: UUID, application_id: UUID) -> ApplicationPermissions:
        stub = DirectoryServiceStub(peers.channel("directory"))
        request = GetApplicationPermissionsRequest(tenant_id=str(tenant_id), application_id=str(application_id))
        return await call(stub.GetApplicationPermissions, request)

    return Source(permissions, tenant, group, application)


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

    _groups: Cache[tuple[UUID, UUID], Conferred] = field(
        default_factory=lambda: Cache("group_permissions", size=_GROUPS, max_age=MAX_AGE_SECONDS)
    )

    _applications: Cache[tuple[UUID, UUID], OfApplication] = field(
        default_factory=lambda: Cache("application_permissions", size=_GROUPS, max_age=MAX_AGE_SECONDS)
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
        self._groups.drop()
        self._applications.drop()

    def invalidate(self, event: Event) -> None:
        """Drops what ``event`` may have changed."""
        noun = event.type.partition(".")[0]
        if noun == "user" and event.resource_id:
            self._users.drop_key((event.tenant_id, event.resource_id))
        elif noun != "auth":
            self._users.drop(lambda key: key[0] == event.tenant_id)
            self._groups.drop(lambda key: key[0] == event.tenant_id)
            self._applications.drop(lambda key: key[0] == event.tenant_id)
        if noun == "tenant":
            self._tenants.drop_key(event.tenant_id)
        self.bus.seen.add(event.id)

    def forget_user(self, tenant_id: UUID, user_id: UUID) -> None:
        """Has the directory asked when that user is needed next."""
        self._users.drop_key((tenant_id, user_id))

    def forget_group(self, tenant_id: UUID, group_id: UUID) -> None:
        """The same for a group."""
        self._groups.drop_key((tenant_id, group_id))

    def forget_application(self, tenant_id: UUID, application_id: UUID) -> None:
        """The same for an application."""
        self._applications.drop_key((tenant_id, application_id))

    async def of_user(self, tenant_id: UUID, user_id: UUID) -> Effective:
        """What is in force for a user. Raises :class:`NotFound`."""

        async def load() -> Effective:
            answer = await self.source.permissions(tenant_id, user_id)
            return Effective(answer, _rights(answer.permissions))

        if not self._may_cache:
            return await load()
        return await self._users.get_or_load((tenant_id, user_id), load)

    async def of_group(self, tenant_id: UUID, group_id: UUID) -> Conferred:
        """What a group confers on its members. Raises :class:`NotFound`."""

        async def load() -> Conferred:
            answer = await self.source.group(tenant_id, group_id)
            return Conferred(answer, _rights(answer.permissions))

        if not self._may_cache:
            return await load()
        return await self._groups.get_or_load((tenant_id, group_id), load)

    async def of_application(self, tenant_id: UUID, application_id: UUID) -> OfApplication:
        """What an active application may do itself. Raises :class:`NotFound`."""

        async def load() -> OfApplication:
            answer = await self.source.application(tenant_id, application_id)
            return OfApplication(answer, _rights(answer.permissions))

        if not self._may_cache:
            return await load()
        return await self._applications.get_or_load((tenant_id, application_id), load)

    async def tenant(self, tenant_id: UUID) -> Tenant:
        """A live tenant. Raises :class:`NotFound`."""

        async def load() -> Tenant:
            return await self.source.tenant(tenant_id)

        if not self._may_cache:
            return await load()
        return await self._tenants.get_or_load(tenant_id, load)

    async def rights_of(self, principal: Principal) -> RightSet:
        """The rights of a caller at this moment. A client holds those of its token's scopes that are rights; so does
        a person who lets a client act for them, as far as the rights are their own.

        Raises :class:`Unauthorized` for a user, or an API key's owner, who is out of service.
        """
        if principal.kind == "user":
            rights = await self._of_active_user(principal.tenant_id, principal.id)
            return rights.narrowed(principal.scopes) if principal.delegated else rights
        if principal.kind == "api_key":
            try:
                return (await self._of_owner(principal)).narrowed(principal.scopes)
            except Unauthorized as gone:
                raise refused_key() from gone
        return rights_of_scopes(principal.scopes)

    async def _of_active_user(self, tenant_id: UUID, user_id: UUID) -> RightSet:
        try:
            effective = await self.of_user(tenant_id, user_id)
        except NotFound as gone:
            raise Unauthorized from gone
        if not effective.active:
            raise Unauthorized
        return effective.rights

    async def _of_owner(self, key: Principal) -> RightSet:
        """An API key has no rights of its own; a tenant's are those of its administrators."""
        if key.owner_id is None:
            raise Unauthorized
        if key.owner_type == "tenant":
            return _EVERYTHING
        if key.owner_type == "user":
            return await self._of_active_user(key.tenant_id, key.owner_id)
        try:
            if key.owner_type == "group":
                return (await self.of_group(key.tenant_id, key.owner_id)).rights
            return (await self.of_application(key.tenant_id, key.owner_id)).rights
        except NotFound as gone:
            raise Unauthorized from gone

    async def require(self, principal: Principal, right: str, tenant_id: UUID | None = None) -> RightSet:
        """The caller's rights, provided that they hold ``right`` in ``tenant_id``.

        Raises :class:`Forbidden`; :class:`NotFound` when an instance administrator names a tenant
        that doesn't exist. Without ``tenant_id`` the caller's own tenant is meant.
        """
        rights = await self.rights_of(principal)
        if tenant_id is not None and tenant_id != principal.tenant_id:
            if not (principal.in_master_tenant and rights.unlimited):
                raise Forbidden("This tenant is not yours.")
            _refuse_archived(await self.tenant(tenant_id), right)
        if right not in rights:
            raise Forbidden(f"The right {right} is needed.")
        return rights


def _refuse_archived(tenant: Tenant, right: str) -> None:
    """An archived tenant can be read, and reopened or deleted, by those who administer the instance."""
    if tenant.status == "archived" and right not in READ_RIGHTS | _ON_ARCHIVED:
        raise Forbidden("The tenant is archived: it can only be read.", code="resource_frozen")


def _rights(permissions: Iterable[EffectivePermissions.Permission]) -> RightSet:
    return RightSet(f"{each.resource}:{each.action}" for each in permissions if not each.conditions)
