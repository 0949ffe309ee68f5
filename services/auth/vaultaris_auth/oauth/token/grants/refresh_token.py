"""The refresh token grant (RFC 6749 section 6): each token is good for one use (RFC 9700 section 4.14.2)."""

from vaultaris_auth.oauth.errors import InvalidGrant
from vaultaris_auth.oauth.form import required
from vaultaris_auth.oauth.token.check_scope import check_scope
from vaultaris_auth.oauth.token.request import Granted, TokenRequest
from vaultaris_auth.oauth.token.sign_in import fresh_token
from vaultaris_auth.refresh_tokens.ending import end_and_announce
from vaultaris_auth.refresh_tokens.families import Family
from vaultaris_auth.refresh_tokens.tokens import Found, find_token, looks_like_one, rotate
from vaultaris_auth.tokens.claims import Grant
from vaultaris_auth.tokens.person import Person, SignIn
from vaultaris_kit.access import Effective
from vaultaris_kit.errors import NotFound

_REFUSED = "The refresh token is not valid."


class RefreshToken:
    name = "refresh_token"

    async def decide(self, request: TokenRequest) -> Granted:
        """Raises :class:`InvalidRequest`, :class:`InvalidScope`, :class:`InvalidGrant`."""
        found = await _find(request, required(request.form, "refresh_token"))
        family = found.family
        effective = await _still_active(request, family)
        held = [token for token in family.scope if token in request.client.allowed_scopes]
        scope = check_scope(request.form, held, held)
        fresh = fresh_token(request, family.expires_at)
        async with request.runtime.database.tenant(family.tenant_id) as session:
            rotated = await rotate(session, found, fresh)
        if not rotated:
            await _refuse_reuse(request, found)
        person = Person.of(effective, SignIn(family.session_id, family.auth_time, family.amr, family.acr))
        return Granted(Grant(request.client, scope, person), fresh.secret)


async def _find(request: TokenRequest, secret: str) -> Found:
    """The token, if it is this client's and alive. A spent one gives its family away: somebody has a copy."""
    if not looks_like_one(secret):
        raise InvalidGrant(_REFUSED)
    async with request.runtime.database.tenant(request.client.tenant_id) as session:
        found = await find_token(session, request.client.client_id, secret)
    if found is None:
        raise InvalidGrant(_REFUSED)
    if found.spent_at is not None:
        await _refuse_reuse(request, found)
    if not found.alive:
        raise InvalidGrant(_REFUSED)
    return found


async def _refuse_reuse(request: TokenRequest, found: Found) -> None:
    """Ends the family, also when two uses race: then the loser comes here. Raises :class:`InvalidGrant`."""
    await end_and_announce(request.runtime, found, reason="refresh token reused")
    raise InvalidGrant(_REFUSED)


async def _still_active(request: TokenRequest, family: Family) -> Effective:
    try:
        effective = await request.runtime.access.of_user(family.tenant_id, family.user_id)
    except NotFound as gone:
        raise InvalidGrant(_REFUSED) from gone
    if not effective.active:
        raise InvalidGrant(_REFUSED)
    return effective
