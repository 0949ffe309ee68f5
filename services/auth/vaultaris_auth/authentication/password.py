"""Passwords, which the directory keeps and verifies."""

from uuid import UUID

from vaultaris.directory.v1.directory_pb2 import VerifyPasswordRequest, VerifyPasswordResponse
from vaultaris.directory.v1.directory_pb2_grpc import DirectoryServiceStub
from vaultaris_auth.authentication.place import Place
from vaultaris_auth.oauth.errors import InvalidGrant
from vaultaris_kit.access import Effective
from vaultaris_kit.errors import NotFound
from vaultaris_kit.rpc.client import call
from vaultaris_kit.service import Runtime

_MAX_LOGIN_CHARS = 320
_MAX_PASSWORD_CHARS = 1024
_VERIFY_SECONDS = 10.0


class PasswordExpired(InvalidGrant):
    """The password is right, but older than the tenant allows."""

    message = "The password has expired and must be changed."


async def verify_password(runtime: Runtime, place: Place, login: str, password: str) -> Effective | None:
    """The user of the tenant of ``place`` whose password that is, with their present roles.

    None for an unknown user, a wrong password, and an account that is locked, frozen or inactive: they are not told
    apart. Raises :class:`Unavailable` when nothing could be verified; then nothing was counted either.
    """
    if len(login) > _MAX_LOGIN_CHARS or len(password) > _MAX_PASSWORD_CHARS:
        return None
    answer = await call(
        DirectoryServiceStub(runtime.peers.channel("directory")).VerifyPassword,
        VerifyPasswordRequest(
            tenant_id=str(place.tenant_id), login=login, password=password, client_id=place.client_id
        ),
        timeout=_VERIFY_SECONDS,
    )
    if answer.outcome == VerifyPasswordResponse.OUTCOME_PASSWORD_EXPIRED:
        raise PasswordExpired
    if answer.outcome != VerifyPasswordResponse.OUTCOME_VERIFIED:
        return None
    try:
        return await runtime.access.of_user(place.tenant_id, UUID(answer.user.id))
    except NotFound:
        return None
