"""gRPC: users for the other services."""

from grpc import aio

from vaultaris.directory.v1 import directory_pb2
from vaultaris.directory.v1.directory_pb2 import GetUserRequest
from vaultaris.directory.v1.directory_pb2_grpc import DirectoryServiceServicer
from vaultaris_directory.messages import id_of
from vaultaris_directory.users.logins import by_login
from vaultaris_directory.users.messages import user_message
from vaultaris_directory.users.repository import Users
from vaultaris_kit.errors import NotFound
from vaultaris_kit.service import Runtime


class UserServicer(DirectoryServiceServicer):
    """GetUser."""

    runtime: Runtime

    async def GetUser(  # noqa: N802 - named by the proto
        self,
        request: GetUserRequest,
        _context: aio.ServicerContext[GetUserRequest, directory_pb2.User],
    ) -> directory_pb2.User:
        tenant_id = id_of(request.tenant_id)
        async with self.runtime.database.tenant(tenant_id) as session:
            if request.WhichOneof("by") == "id":
                return user_message(await Users(session, tenant_id).get(id_of(request.id)))
            user = (await session.execute(by_login(tenant_id, request.login))).scalar_one_or_none()
        if user is None:
            raise NotFound
        return user_message(user)
