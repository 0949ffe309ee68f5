"""gRPC: verifying a password for auth."""

from grpc import aio

from vaultaris.directory.v1.directory_pb2 import VerifyPasswordRequest, VerifyPasswordResponse
from vaultaris.directory.v1.directory_pb2_grpc import DirectoryServiceServicer
from vaultaris_directory.messages import id_of
from vaultaris_directory.passwords.policy import MAX_PASSWORD_CHARS
from vaultaris_directory.passwords.verification import Refused, guess_by_login, verify_password
from vaultaris_directory.users.messages import user_message
from vaultaris_kit.service import Runtime


class PasswordServicer(DirectoryServiceServicer):
    """VerifyPassword."""

    runtime: Runtime

    async def VerifyPassword(  # noqa: N802 - named by the proto
        self,
        request: VerifyPasswordRequest,
        _context: aio.ServicerContext[VerifyPasswordRequest, VerifyPasswordResponse],
    ) -> VerifyPasswordResponse:
        guess = guess_by_login(
            id_of(request.tenant_id), request.login, request.password[: MAX_PASSWORD_CHARS + 1], request.client_id
        )
        outcome = await verify_password(self.runtime, guess)
        if isinstance(outcome, Refused):
            refused = (
                VerifyPasswordResponse.OUTCOME_PASSWORD_EXPIRED
                if outcome.expired
                else VerifyPasswordResponse.OUTCOME_REFUSED
            )
            return VerifyPasswordResponse(outcome=refused)
        return VerifyPasswordResponse(outcome=VerifyPasswordResponse.OUTCOME_VERIFIED, user=user_message(outcome.user))
