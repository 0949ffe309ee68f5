"""The device code grant (RFC 8628 section 3.4)."""

from functools import partial
from typing import Final

from vaultaris_auth.device_authorizations.operations import Approved, Outcome, forfeit, poll, redeem
from vaultaris_auth.oauth.errors import (
    AuthorizationPending,
    DeviceDenied,
    ExpiredToken,
    InvalidGrant,
    InvalidTarget,
    OAuthError,
    SlowDown,
)
from vaultaris_auth.oauth.form import Form, required
from vaultaris_auth.oauth.token.check_membership import check_membership
from vaultaris_auth.oauth.token.request import Granted, TokenRequest
from vaultaris_auth.oauth.token.sign_in import sign_in
from vaultaris_auth.tokens.person import Person
from vaultaris_kit.errors import NotFound
from vaultaris_kit.plain import PlainSession

_REFUSALS: Final[dict[Outcome, type[OAuthError]]] = {
    "authorization_pending": AuthorizationPending,
    "slow_down": SlowDown,
    "access_denied": DeviceDenied,
    "expired_token": ExpiredToken,
    "invalid_grant": InvalidGrant,
}


class DeviceCode:
    name = "urn:ietf:params:oauth:grant-type:device_code"

    async def decide(self, request: TokenRequest) -> Granted:
        """Raises :class:`InvalidRequest`, :class:`InvalidTarget`, and the refusals of RFC 8628 section 3.5."""
        refuse_resource(request.form)
        device_code = required(request.form, "device_code")
        async with request.runtime.database.tenant(request.client.tenant_id) as session:
            polled = await poll(session, request.client, device_code)
        if not isinstance(polled, Approved):
            raise _REFUSALS[polled]
        try:
            return await _give(request, polled)
        except InvalidGrant:
            async with request.runtime.database.tenant(request.client.tenant_id) as session:
                await forfeit(session, polled.id)
            raise


async def _give(request: TokenRequest, approved: Approved) -> Granted:
    """Raises :class:`InvalidGrant` when whoever approved may no longer sign in, or it holds no more."""
    try:
        effective = await request.runtime.access.of_user(request.client.tenant_id, approved.user_id)
    except NotFound as gone:
        raise InvalidGrant from gone
    if not effective.active:
        raise InvalidGrant
    check_membership(request, effective)
    scope = [token for token in approved.scope if token in request.client.allowed_scopes]
    person = Person.of(effective, approved.sign_in)
    return await sign_in(request, person, scope, delegated=True, spend=partial(_spend, request, approved))


def refuse_resource(form: Form) -> None:
    """Raises :class:`InvalidTarget` for a ``resource``: a device's token is for this server, and must not seem to be
    for another.
    """
    if "resource" in form:
        raise InvalidTarget("Devices get no tokens for other resources.")


async def _spend(request: TokenRequest, approved: Approved, session: PlainSession) -> None:
    """Raises :class:`InvalidGrant` for what was given out, or ended, a moment ago."""
    if not await redeem(session, approved.id, request.token_id):
        raise InvalidGrant
