"""The password grant (RFC 6749 section 4.3): for trusted clients that are allowed it, and for them only."""

from uuid import UUID

from vaultaris.directory.v1.directory_pb2 import VerifyPasswordRequest, VerifyPasswordResponse
from vaultaris.directory.v1.directory_pb2_grpc import DirectoryServiceStub
from vaultaris_auth.oauth.errors import InvalidGrant
from vaultaris_auth.oauth.form import required
from vaultaris_auth.oauth.token.check_scope import check_scope
from vaultaris_auth.oauth.token.request import Granted, TokenRequest
from vaultaris_auth.oauth.token.sign_in import sign_in
from vaultaris_auth.tokens.person import Person, SignIn
from vaultaris_kit.access import Effective
from vaultaris_kit.errors import NotFound
from vaultaris_kit.ids import new_id
from vaultaris_kit.rpc.client import call

_MAX_LOGIN_CHARS = 320
_MAX_PASSWORD_CHARS = 1024
_VERIFY_SECONDS = 10.0
_REFUSED = "The user name or the password is wrong."
"""One answer for an unknown user, a wrong password, and an account that is locked, frozen or inactive."""


class Password:
    name = "password"

    async def decide(self, request: TokenRequest) -> Granted:
        """Raises :class:`InvalidRequest`, :class:`InvalidScope`, :class:`InvalidGrant`, :class:`Unavailable`."""
        scope = check_scope(request.form, request.client.allowed_scopes, request.client.default_scopes)
        login, password = required(request.form, "username"), required(request.form, "password")
        effective = await _verified(request, login, password)
        act = SignIn(session_id=new_id(), auth_time=request.issued_at, amr=["pwd"], acr="1")
        return await sign_in(request, Person.of(effective, act), scope)


async def _verified(request: TokenRequest, login: str, password: str) -> Effective:
    """The user whose password that is, with their present roles."""
    if len(login) > _MAX_LOGIN_CHARS or len(password) > _MAX_PASSWORD_CHARS:
        raise InvalidGrant(_REFUSED)
    client = request.client
    answer = await call(
        DirectoryServiceStub(request.runtime.peers.channel("directory")).VerifyPassword,
        VerifyPasswordRequest(
            tenant_id=str(client.tenant_id), login=login, password=password, client_id=client.client_id
        ),
        timeout=_VERIFY_SECONDS,
    )
    if answer.outcome != VerifyPasswordResponse.OUTCOME_VERIFIED:
        raise InvalidGrant(_REFUSED)
    try:
        return await request.runtime.access.of_user(client.tenant_id, UUID(answer.user.id))
    except NotFound as gone:
        raise InvalidGrant(_REFUSED) from gone
