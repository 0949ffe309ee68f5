"""The password grant (RFC 6749 section 4.3): for trusted clients that are allowed it, and for them only."""

from vaultaris_auth.authentication.levels import ONE_FACTOR
from vaultaris_auth.authentication.password import verify_password
from vaultaris_auth.oauth.errors import InvalidGrant
from vaultaris_auth.oauth.form import required
from vaultaris_auth.oauth.token.check_membership import check_membership
from vaultaris_auth.oauth.token.check_resource import check_resource
from vaultaris_auth.oauth.token.check_scope import check_scope
from vaultaris_auth.oauth.token.request import Granted, TokenRequest
from vaultaris_auth.oauth.token.sign_in import sign_in
from vaultaris_auth.tokens.person import Person, SignIn
from vaultaris_kit.ids import new_id

_REFUSED = "The user name or the password is wrong."
"""One answer for an unknown user, a wrong password, and an account that is locked, frozen or inactive."""


class Password:
    name = "password"

    async def decide(self, request: TokenRequest) -> Granted:
        """Raises :class:`InvalidRequest`, :class:`InvalidScope`, :class:`InvalidTarget`,
        :class:`InvalidGrant`, :class:`Unavailable`."""
        scope = check_scope(request.form, request.client.allowed_scopes, request.client.default_scopes)
        resource = check_resource(request.form, request.client)
        login, password = required(request.form, "username"), required(request.form, "password")
        effective = await verify_password(request.runtime, request.client, login, password)
        if effective is None:
            raise InvalidGrant(_REFUSED)
        check_membership(request, effective)
        act = SignIn(session_id=new_id(), auth_time=request.issued_at, amr=["pwd"], acr=ONE_FACTOR)
        return await sign_in(request, Person.of(effective, act), scope, delegated=False, resource=resource)
