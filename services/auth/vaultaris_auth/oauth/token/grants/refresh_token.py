"""The refresh token grant (RFC 6749 section 6): each token is good for one use (RFC 9700 section 4.14.2)."""

from uuid import UUID

from vaultaris_auth.oauth.errors import InvalidGrant
from vaultaris_auth.oauth.form import required
from vaultaris_auth.oauth.token.check_membership import check_membership
from vaultaris_auth.oauth.token.check_resource import check_same_resource
from vaultaris_auth.oauth.token.check_scope import check_scope
from vaultaris_auth.oauth.token.check_sender_constraint import check_same_key, check_some_key
from vaultaris_auth.oauth.token.request import Granted, TokenRequest
from vaultaris_auth.oauth.token.sign_in import succeeding_token
from vaultaris_auth.refresh_tokens.ending import end_and_announce
from vaultaris_auth.refresh_tokens.families import Family, rebind_family
from vaultaris_auth.refresh_tokens.succession import Succession, fingerprint
from vaultaris_auth.refresh_tokens.tokens import (
    Found,
    FreshToken,
    find_successor,
    rotate,
    rotate_at_once,
    user_named_by,
)
from vaultaris_auth.settings import AuthSettings
from vaultaris_auth.tokens.claims import Grant
from vaultaris_auth.tokens.person import Person, SignIn
from vaultaris_kit.access import Effective
from vaultaris_kit.errors import NotFound
from vaultaris_kit.plain import PlainSession

_REFUSED = "The refresh token is not valid."


class RefreshToken:
    name = "refresh_token"

    async def decide(self, request: TokenRequest) -> Granted:
        """Raises :class:`InvalidRequest`, :class:`InvalidScope`, :class:`InvalidGrant`, :class:`InvalidDpopProof`."""
        secret, client = required(request.form, "refresh_token"), request.client
        user_id = user_named_by(secret)
        if user_id is None:
            raise InvalidGrant(_REFUSED)
        effective = await _still_active(request, user_id)
        check_membership(request, effective)
        fresh = succeeding_token(request, user_id, secret)
        spent_by = fingerprint(request.form, client.client_id, is_public=client.is_public, jkt=request.jkt)
        if family := await _rotate_at_once(request, secret, fresh, spent_by):
            return _granted(request, effective, family, _scope(request, family), fresh.secret, fresh)
        async with request.runtime.database.plain(client.tenant_id) as session:
            found, rotated = await rotate(session, client.client_id, secret, fresh, spent_by)
            given = fresh.secret if rotated else await _given_before(session, request, secret, found, spent_by)
            scope = _permitted(request, found.family) if found and given else []  # a refusal undoes the rotation
            if found and rotated and request.jkt not in (None, found.family.jkt):
                await rebind_family(session, found.family.id, str(request.jkt))
        if found is None:
            raise InvalidGrant(_REFUSED)
        if given is None:
            raise await _refusal(request, found)
        return _granted(request, effective, found.family, scope, given, fresh)


async def _rotate_at_once(
    request: TokenRequest, secret: str, fresh: FreshToken, spent_by: bytes | None
) -> Family | None:
    """Most requests ask for what they had, with the key that they had: nothing is left to judge once it is spent."""
    if request.form.keys() & {"scope", "resource"}:
        return None
    client, database = request.client, request.runtime.database
    return await rotate_at_once(
        database, client.tenant_id, client.client_id, secret, fresh, spent_by=spent_by, jkt=request.jkt
    )


def _granted(
    request: TokenRequest, effective: Effective, family: Family, scope: list[str], given: str, fresh: FreshToken
) -> Granted:
    person = Person.of(effective, SignIn(family.session_id, family.auth_time, family.amr, family.acr))
    grant = Grant(request.client, scope, person, delegated=family.delegated, audience=family.resource)
    return Granted(grant, given, refresh_ends_at=fresh.ends_at(family))


async def _given_before(
    session: PlainSession, request: TokenRequest, secret: str, found: Found | None, spent_by: bytes | None
) -> str | None:
    """What the very same request was given a few seconds ago, if it was; the access token is dated as it was then.

    Also for the loser of a race between two tries of one request.
    """
    if found is None or spent_by is None:
        return None
    settings = request.runtime.settings
    assert isinstance(settings, AuthSettings)
    successor = await find_successor(session, request.client.client_id, secret, spent_by, settings.refresh_overlap_secs)
    if successor is None:
        return None
    request.token_id = successor.access_token_id
    return request.runtime.get(Succession).successor_of(secret, found.family.user_id, successor.id)


def _permitted(request: TokenRequest, family: Family) -> list[str]:
    """The scope, provided that the tokens' key is shown (RFC 9449 section 5).

    A public client must show the same key for ever; one that has authenticated may change to another.
    """
    (check_same_key if request.client.is_public else check_some_key)(request, family.jkt)
    check_same_resource(request.form, request.client, family.resource)
    return _scope(request, family)


def _scope(request: TokenRequest, family: Family) -> list[str]:
    """At most what was granted first, and what the client may still have."""
    held = [token for token in family.scope if token in request.client.allowed_scopes]
    return check_scope(request.form, held, held)


async def _refusal(request: TokenRequest, found: Found) -> InvalidGrant:
    """What to raise. A token used twice ends its family first: somebody has a copy.

    When two uses race, the loser comes here with a token that looked unspent a moment ago.
    """
    if found.spent_at is not None:
        await end_and_announce(request.runtime, found, reason="refresh token reused")
    elif found.alive:
        await end_and_announce(request.runtime, found, reason="refresh token used while being spent or revoked")
    return InvalidGrant(_REFUSED)


async def _still_active(request: TokenRequest, user_id: UUID) -> Effective:
    """The user, as the directory has them now."""
    try:
        effective = await request.runtime.access.of_user(request.client.tenant_id, user_id)
    except NotFound as gone:
        raise InvalidGrant(_REFUSED) from gone
    if not effective.active:
        raise InvalidGrant(_REFUSED)
    return effective
