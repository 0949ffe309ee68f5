"""A directory of a few people and a sessions service, in memory, behind the real gRPC contracts."""

import asyncio
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import nats
from grpc import aio

from vaultaris.directory.v1.directory_pb2 import (
    Application,
    ApplicationPermissions,
    EffectivePermissions,
    GetApplicationPermissionsRequest,
    GetApplicationRequest,
    GetEffectivePermissionsRequest,
    GetGroupPermissionsRequest,
    GetTenantRequest,
    GetUserRequest,
    GroupPermissions,
    ResolveRolesRequest,
    ResolveRolesResponse,
    Tenant,
    User,
    VerifyPasswordRequest,
    VerifyPasswordResponse,
)
from vaultaris.directory.v1.directory_pb2_grpc import (
    DirectoryServiceServicer,
    add_DirectoryServiceServicer_to_server,
)
from vaultaris.sessions.v1.sessions_pb2 import (
    CountSessionsRequest,
    CountSessionsResponse,
    EndClientSessionsRequest,
    EndClientSessionsResponse,
    EndSessionRequest,
    EndSessionResponse,
    GetSessionRequest,
    Session,
    StartSessionRequest,
)
from vaultaris.sessions.v1.sessions_pb2_grpc import SessionsServiceServicer, add_SessionsServiceServicer_to_server
from vaultaris_kit.errors import NotFound, Unavailable
from vaultaris_kit.events import encode_event, new_event
from vaultaris_kit.ids import new_id
from vaultaris_kit.principal import SYSTEM
from vaultaris_kit.rpc.server import _Interceptor

PASSWORD = "correct horse battery staple"


@dataclass
class HeldVerification:
    """The password was found right, and that is answered when it is ``released``."""

    verified: asyncio.Event = field(default_factory=asyncio.Event)
    released: asyncio.Event = field(default_factory=asyncio.Event)


class FakeDirectory(DirectoryServiceServicer):
    """Two tenants, ``home`` and ``other``. Everybody has one password and, at home, no rights but what is granted."""

    def __init__(self) -> None:
        self.home, self.other = new_id(), new_id()
        self.tenants = {str(tenant_id): _tenant(tenant_id) for tenant_id in (self.home, self.other)}
        self.users: dict[str, User] = {}
        self.granted: dict[str, list[str]] = {}
        self.groups: dict[tuple[str, str], list[str]] = {}
        self.roles = {"clerk": ["orders:read"], "boss": ["users:delete"]}
        self.applications: dict[str, Application] = {}
        self.facts: dict[str, EffectivePermissions] = {}
        self.application_rights: dict[tuple[str, str], list[str]] = {}
        self.full = False
        self.held: dict[str, HeldVerification] = {}
        self.away = False
        """Nobody is told what users may do."""
        self.expired: set[str] = set()
        self.admin = self.add_user("admin", rights=["*:*"])
        self.bob = self.add_user("bob")
        self.eve = self.add_user("eve", tenant_id=self.other, rights=["*:*"])

    def add_user(self, name: str, *, tenant_id: UUID | None = None, rights: list[str] | None = None) -> User:
        """An active user named ``name``."""
        user = User(
            id=str(new_id()), tenant_id=str(tenant_id or self.home), username=name, email=f"{name}@example.com",
            email_verified=True, first_name=name.title(), last_name="Example", status="active",
            updated_at=1_700_000_000,
        )  # fmt: skip
        self.users[user.id] = user
        self.granted[user.id] = rights or []
        return user

    def add_group(self, *rights: str) -> UUID:
        """A group of the home tenant that confers ``rights``."""
        group_id = new_id()
        self.groups[str(self.home), str(group_id)] = list(rights)
        return group_id

    def add_application(self, *rights: str, **fields: Any) -> UUID:
        """An active application of the home tenant whose roles allow ``rights``."""
        application_id = new_id()
        facts = {"slug": "orders", "name": "Orders", "is_active": True, **fields}
        self.applications[str(application_id)] = Application(
            id=str(application_id), tenant_id=str(self.home), **facts
        )  # fmt: skip
        self.application_rights[str(self.home), str(application_id)] = list(rights)
        return application_id

    async def tell(self, environ: dict[str, str], user: User) -> None:
        """Says on the bus that something about a user has changed."""
        event = new_event(
            SYSTEM, "user.updated", UUID(user.tenant_id), resource_type="user", resource_id=UUID(user.id), new={}
        )
        bus = await nats.connect(environ["NATS_URL"])
        await bus.jetstream().publish(event.subject("directory"), encode_event(event))
        await bus.close()

    def add_tenant(self, **fields: Any) -> UUID:
        """Another active tenant."""
        tenant_id = new_id()
        self.tenants[str(tenant_id)] = _tenant(tenant_id, **fields)
        return tenant_id

    async def GetTenant(self, request: GetTenantRequest, context: Any) -> Tenant:  # noqa: N802 - as in the proto
        for tenant in self.tenants.values():
            if request.id == tenant.id or (request.slug and request.slug == tenant.slug):
                return tenant
        raise NotFound

    async def GetUser(self, request: GetUserRequest, context: Any) -> User:  # noqa: N802 - as in the proto
        return self._find(request.tenant_id, request.id or request.login)

    async def VerifyPassword(self, request: VerifyPasswordRequest, context: Any) -> VerifyPasswordResponse:  # noqa: N802 - as in the proto
        if self.full:
            raise Unavailable("The service is at capacity; try again shortly.")
        try:
            user = self._find(request.tenant_id, request.login)
        except NotFound:
            return VerifyPasswordResponse(outcome=VerifyPasswordResponse.OUTCOME_REFUSED)
        if request.password != PASSWORD or user.status != "active":
            return VerifyPasswordResponse(outcome=VerifyPasswordResponse.OUTCOME_REFUSED)
        if user.id in self.expired:
            return VerifyPasswordResponse(outcome=VerifyPasswordResponse.OUTCOME_PASSWORD_EXPIRED)
        if held := self.held.get(user.id):
            held.verified.set()
            await held.released.wait()
        return VerifyPasswordResponse(outcome=VerifyPasswordResponse.OUTCOME_VERIFIED, user=user)

    async def GetEffectivePermissions(  # noqa: N802 - as in the proto
        self, request: GetEffectivePermissionsRequest, context: Any
    ) -> EffectivePermissions:
        if self.away:
            raise Unavailable
        user = self._find(request.tenant_id, request.user_id)
        granted = [right.split(":") for right in self.granted[user.id]]
        own = self.facts.get(user.id, EffectivePermissions())
        answer = EffectivePermissions(
            user=user,
            roles=[EffectivePermissions.Role(name="tenant-admin" if granted else "tenant-user")],
            permissions=[
                EffectivePermissions.Permission(resource=resource, action=action) for resource, action in granted
            ],
        )
        answer.MergeFrom(own)
        return answer

    async def GetApplication(self, request: GetApplicationRequest, context: Any) -> Application:  # noqa: N802 - as in the proto
        found = self.applications.get(request.id)
        if found is None or found.tenant_id != request.tenant_id:
            raise NotFound
        return found

    async def GetGroupPermissions(  # noqa: N802 - as in the proto
        self, request: GetGroupPermissionsRequest, context: Any
    ) -> GroupPermissions:
        rights = self.groups.get((request.tenant_id, request.group_id))
        if rights is None:
            raise NotFound
        return GroupPermissions(
            group=EffectivePermissions.Group(id=request.group_id, name="ops", path="/ops"),
            roles=[EffectivePermissions.Role(name="operator")],
            permissions=[
                EffectivePermissions.Permission(resource=resource, action=action)
                for resource, action in (right.split(":") for right in rights)
            ],
        )

    async def ResolveRoles(  # noqa: N802 - as in the proto
        self, request: ResolveRolesRequest, context: Any
    ) -> ResolveRolesResponse:
        known = [name for name in request.names if name in self.roles]
        return ResolveRolesResponse(
            roles=[EffectivePermissions.Role(name=name) for name in known],
            rights=[right for name in known for right in self.roles[name]],
        )

    async def ExplainRoles(self, request: Any, context: Any) -> Any:  # noqa: N802 - as in the proto
        raise NotFound

    ListUserPermissions = ExplainRoles

    async def GetApplicationPermissions(  # noqa: N802 - as in the proto
        self, request: GetApplicationPermissionsRequest, context: Any
    ) -> ApplicationPermissions:
        rights = self.application_rights.get((request.tenant_id, request.application_id))
        if rights is None:
            raise NotFound
        return ApplicationPermissions(
            roles=[EffectivePermissions.Role(name="worker")],
            permissions=[
                EffectivePermissions.Permission(resource=resource, action=action)
                for resource, action in (right.split(":") for right in rights)
            ],
        )

    def _find(self, tenant_id: str, wanted: str) -> User:
        for user in self.users.values():
            if user.tenant_id == tenant_id and wanted in (user.id, user.username, user.email):
                return user
        raise NotFound


def _tenant(tenant_id: UUID, **fields: Any) -> Tenant:
    return Tenant(**{
        "id": str(tenant_id), "name": "Example", "slug": f"t{tenant_id.hex}", "status": "active",
        "access_token_lifetime": 900, "refresh_token_lifetime": 86_400, "id_token_lifetime": 600, **fields,
    })  # fmt: skip


class FakeSessions(SessionsServiceServicer):
    """Remembers what was started."""

    def __init__(self) -> None:
        self.started: dict[str, StartSessionRequest] = {}
        self.ended: set[str] = set()

    async def StartSession(self, request: StartSessionRequest, context: Any) -> Session:  # noqa: N802 - as in the proto
        self.started[request.id] = request
        return self._shape(request)

    async def GetSession(self, request: GetSessionRequest, context: Any) -> Session:  # noqa: N802 - as in the proto
        if request.id not in self.started:
            raise NotFound
        return self._shape(self.started[request.id])

    async def EndSession(self, request: EndSessionRequest, context: Any) -> EndSessionResponse:  # noqa: N802 - as above
        self.started.pop(request.id, None)
        self.ended.add(request.id)
        return EndSessionResponse()

    async def EndClientSessions(  # noqa: N802 - as above
        self, request: EndClientSessionsRequest, context: Any
    ) -> EndClientSessionsResponse:
        ended = [
            each.id for each in self.started.values()
            if each.user_id == request.user_id and each.client_id in request.client_ids
            and each.created_at_ms <= request.begun_by_ms
        ]  # fmt: skip
        for session_id in ended:
            del self.started[session_id]
        return EndClientSessionsResponse(session_ids=ended)

    async def CountSessions(  # noqa: N802 - as above
        self, request: CountSessionsRequest, context: Any
    ) -> CountSessionsResponse:
        return CountSessionsResponse(active=len(self.started))

    def _shape(self, started: StartSessionRequest) -> Session:
        return Session(id=started.id, tenant_id=started.tenant_id, user_id=started.user_id, is_active=True)


async def start(directory: FakeDirectory, sessions: FakeSessions) -> tuple[aio.Server, int]:
    """Serves both without TLS; returns the server and its port."""
    server = aio.server(interceptors=[_Interceptor(require_peer=False)])
    add_DirectoryServiceServicer_to_server(directory, server)
    add_SessionsServiceServicer_to_server(sessions, server)
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    return server, port
