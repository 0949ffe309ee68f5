"""A directory of a few people, in memory, behind the real gRPC contract.

Run alone: ``python fake_directory.py PORT``.
"""

import asyncio
import sys
from typing import Any
from uuid import UUID

from grpc import aio
from vaultaris.directory.v1.directory_pb2 import (
    EffectivePermissions,
    GetEffectivePermissionsRequest,
    GetTenantRequest,
    GetUserRequest,
    Tenant,
    User,
    VerifyPasswordRequest,
    VerifyPasswordResponse,
)
from vaultaris.directory.v1.directory_pb2_grpc import (
    DirectoryServiceServicer,
    add_DirectoryServiceServicer_to_server,
)
from vaultaris_kit.errors import NotFound, Unavailable
from vaultaris_kit.ids import MASTER_TENANT_ID
from vaultaris_kit.rpc.server import _Interceptor

OTHER_TENANT_ID = UUID("00000000-0000-7000-8000-000000000002")
PASSWORD = "correct horse battery staple"


def _user(number: int, tenant_id: UUID, name: str) -> User:
    return User(
        id=f"00000000-0000-7000-8000-0000000001{number:02}", tenant_id=str(tenant_id), username=name,
        email=f"{name}@example.com", email_verified=True, first_name=name.title(), last_name="Example",
        status="active", updated_at=1_700_000_000,
    )  # fmt: skip


class FakeDirectory(DirectoryServiceServicer):
    """``admin`` holds everything, ``bob`` nothing; ``eve`` lives in another tenant. Everybody has one password."""

    def __init__(self) -> None:
        self.tenants = {
            str(tenant_id): Tenant(
                id=str(tenant_id), name=slug, slug=slug, status="active",
                access_token_lifetime=900, refresh_token_lifetime=86_400, id_token_lifetime=600,
            )
            for tenant_id, slug in ((MASTER_TENANT_ID, "master"), (OTHER_TENANT_ID, "other"))
        }  # fmt: skip
        self.users = {
            user.username: user
            for user in (
                _user(1, MASTER_TENANT_ID, "admin"),
                _user(2, MASTER_TENANT_ID, "bob"),
                _user(3, OTHER_TENANT_ID, "eve"),
            )
        }
        self.granted = {"admin": [("*", "*")], "bob": [], "eve": [("*", "*")]}
        self.full = False

    async def GetTenant(self, request: GetTenantRequest, context: Any) -> Tenant:
        tenant = self.tenants.get(request.id)
        if tenant is None:
            raise NotFound
        return tenant

    async def GetUser(self, request: GetUserRequest, context: Any) -> User:
        return self._find(request.tenant_id, request.id or request.login)

    async def VerifyPassword(self, request: VerifyPasswordRequest, context: Any) -> VerifyPasswordResponse:
        if self.full:
            raise Unavailable("The service is at capacity; try again shortly.")
        try:
            user = self._find(request.tenant_id, request.login)
        except NotFound:
            return VerifyPasswordResponse(outcome=VerifyPasswordResponse.OUTCOME_REFUSED)
        if request.password != PASSWORD or user.status != "active":
            return VerifyPasswordResponse(outcome=VerifyPasswordResponse.OUTCOME_REFUSED)
        return VerifyPasswordResponse(outcome=VerifyPasswordResponse.OUTCOME_VERIFIED, user=user)

    async def GetEffectivePermissions(
        self, request: GetEffectivePermissionsRequest, context: Any
    ) -> EffectivePermissions:
        user = self._find(request.tenant_id, request.user_id)
        granted = self.granted[user.username]
        return EffectivePermissions(
            user=user,
            roles=[EffectivePermissions.Role(name="tenant-admin" if granted else "tenant-user")],
            permissions=[
                EffectivePermissions.Permission(resource=resource, action=action) for resource, action in granted
            ],
        )

    def _find(self, tenant_id: str, wanted: str) -> User:
        for user in self.users.values():
            if user.tenant_id == tenant_id and wanted in (user.id, user.username, user.email):
                return user
        raise NotFound


async def start(directory: FakeDirectory, address: str) -> tuple[aio.Server, int]:
    """Serves it without TLS; returns the server and its port."""
    server = aio.server(interceptors=[_Interceptor(require_peer=False)])
    add_DirectoryServiceServicer_to_server(directory, server)
    port = server.add_insecure_port(address)
    await server.start()
    return server, port


async def _main(port: str) -> None:
    server, _port = await start(FakeDirectory(), f"127.0.0.1:{port}")
    await server.wait_for_termination()


if __name__ == "__main__":
    asyncio.run(_main(sys.argv[1]))
