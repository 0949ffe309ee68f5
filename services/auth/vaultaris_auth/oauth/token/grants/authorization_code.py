"""The authorization code grant (RFC 6749 section 4.1.3): each code is good for one use (RFC 9700 section 2.1.1)."""

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from vaultaris_auth.authorization_codes.codes import Code, Spent, find_code, spend_code
from vaultaris_auth.authorization_codes.replay import end_what_it_gave
from vaultaris_auth.backchannel_logout.participants import Participant, join_session
from vaultaris_auth.oauth.errors import InvalidGrant
from vaultaris_auth.oauth.form import required
from vaultaris_auth.oauth.token.check_membership import check_membership
from vaultaris_auth.oauth.token.check_resource import check_same_resource
from vaultaris_auth.oauth.token.code.check_dpop_key import check_dpop_key
from vaultaris_auth.oauth.token.code.check_redirect_uri import check_redirect_uri
from vaultaris_auth.oauth.token.code.check_verifier import check_verifier
from vaultaris_auth.oauth.token.request import Granted, TokenRequest
from vaultaris_auth.oauth.token.sign_in import access_expiry, fresh_token, new_family
from vaultaris_auth.refresh_tokens.families import Family
from vaultaris_auth.refresh_tokens.tokens import start_family
from vaultaris_auth.tokens.claims import Grant
from vaultaris_auth.tokens.person import Person, SignIn
from vaultaris_kit.access import Effective
from vaultaris_kit.errors import NotFound

REFUSED: Final = "The code is not valid, or no longer."

CHECKS: Final[tuple[Callable[[TokenRequest, Code], None], ...]] = (check_redirect_uri, check_verifier, check_dpop_key)
"""What a code is bound to, beside its client. All are looked at before it is spent, so that a wrong guess costs the
rightful client nothing."""


class AuthorizationCode:
    name = "authorization_code"

    async def decide(self, request: TokenRequest) -> Granted:
        """Raises :class:`InvalidRequest`, :class:`InvalidGrant`, :class:`InvalidDpopProof`."""
        secret = required(request.form, "code")
        code = await _find(request, secret)
        for check in CHECKS:
            check(request, code)
        check_same_resource(request.form, request.client, code.resource)
        effective = await _still_active(request, code)
        check_membership(request, effective)
        act = SignIn(code.session_id, code.auth_time, code.amr, code.acr)
        granted = await _redeem(request, code, Person.of(effective, act))
        if granted is None:
            await _find(request, secret)  # somebody was faster: as if we had come after them
            raise InvalidGrant(REFUSED)
        return replace(granted, nonce=code.nonce, code=secret)


async def _find(request: TokenRequest, secret: str) -> Code:
    """The unspent code. One used twice takes with it what it gave: somebody has a copy."""
    async with request.runtime.database.tenant(request.client.tenant_id) as session:
        found = await find_code(session, request.client.client_id, secret)
    if found is None:
        raise InvalidGrant(REFUSED)
    code, spent = found
    if spent is not None:
        await end_what_it_gave(request.runtime, code, spent)
        raise InvalidGrant(REFUSED)
    return code


async def _redeem(request: TokenRequest, code: Code, person: Person) -> Granted | None:
    """Spends the code and stores what it gives, in one transaction; None when it could not be spent.

    The client may have lost a scope since the code was asked for: it gets what it may still have.
    """
    scope = [token for token in code.scope if token in request.client.allowed_scopes]
    family = (
        new_family(request, person, scope, delegated=True, resource=code.resource)
        if "refresh_token" in request.client.grant_types
        else None
    )
    fresh = fresh_token(request, person.user_id) if family else None
    async with request.runtime.database.tenant(request.client.tenant_id) as session:
        if not await spend_code(session, code, Spent(family.id if family else None, request.token_id)):
            return None
        await join_session(session, _participant(request, code, family))
        if family and fresh:
            await start_family(session, family, fresh)
    grant = Grant(request.client, scope, person, audience=code.resource)
    return Granted(grant, fresh.secret, refresh_ends_at=fresh.ends_at(family)) if family and fresh else Granted(grant)


def _participant(request: TokenRequest, code: Code, family: Family | None) -> Participant:
    """The client, as somebody to be told when the session ends."""
    ends_at = family.expires_at if family else access_expiry(request)
    return Participant(code.tenant_id, code.session_id, code.client_id, code.user_id, request.started_ms, ends_at)


async def _still_active(request: TokenRequest, code: Code) -> Effective:
    """The user, as the directory has them now."""
    try:
        effective = await request.runtime.access.of_user(code.tenant_id, code.user_id)
    except NotFound as gone:
        raise InvalidGrant(REFUSED) from gone
    if not effective.active:
        raise InvalidGrant(REFUSED)
    return effective
