"""The token exchange grant (RFC 8693): a service trades a person's token for one that goes further down, and no wider.

Who may do so is the client's ``token_exchange`` policy. The new token is of the same tenant and session, for a client
that the policy names (by default the asking one), of no more scope, and lives no longer. It is never good at this
server's own API: whoever may act for people elsewhere has not been given their rights here.
"""

from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from vaultaris_auth.base import OUTBOX
from vaultaris_auth.clients.schemas import TokenExchangePolicy
from vaultaris_auth.oauth.errors import InvalidGrant, InvalidRequest, InvalidTarget, UnauthorizedClient
from vaultaris_auth.oauth.form import Form, required
from vaultaris_auth.oauth.token.check_membership import check_membership, check_membership_at
from vaultaris_auth.oauth.token.check_scope import check_scope
from vaultaris_auth.oauth.token.request import Granted, TokenRequest
from vaultaris_auth.tokens.claims import Grant
from vaultaris_auth.tokens.person import Person, SignIn
from vaultaris_auth.tokens.verified import claims_of, looks_like_jwt
from vaultaris_kit.errors import NotFound, Unauthorized
from vaultaris_kit.principal import Principal
from vaultaris_kit.revocation import client_key, signing_key_key, token_key

ACCESS_TOKEN: Final = "urn:ietf:params:oauth:token-type:access_token"  # noqa: S105 - the name of a type
JWT: Final = "urn:ietf:params:oauth:token-type:jwt"
_MAX_ACTORS: Final = 5


@dataclass(frozen=True, slots=True)
class _Shown:
    """A live access token of this tenant that the request shows."""

    principal: Principal
    claims: dict[str, Any]


class TokenExchange:
    name = "urn:ietf:params:oauth:grant-type:token-exchange"

    async def decide(self, request: TokenRequest) -> Granted:
        """Raises :class:`UnauthorizedClient`, :class:`InvalidRequest`, :class:`InvalidTarget`, and as scope does."""
        client, policy = request.client, _policy(request)
        subject = await _shown(request, "subject")
        if subject.principal.client_id not in (client.client_id, *policy.subject_clients):
            raise UnauthorizedClient("The client may not exchange tokens of that client.")
        actor = await _shown(request, "actor") if "actor_token" in request.form else None
        act = _act(request, policy, subject, actor)
        audience = _audience(request, policy)
        scope = _scope(request, subject)
        person = await _person(request, subject, audience)
        request.expires_by = subject.principal.expires_at
        if request.access_lifetime <= 0:  # clocks are given some seconds' grace, but nothing is made of it
            raise InvalidRequest("The subject token is not valid.")
        grant = Grant(client, scope, person, audience=audience, act=act, derived_from=_lineage(subject, actor))
        await _record(request, subject.principal, audience, act)
        return Granted(grant, issued_token_type=ACCESS_TOKEN)


def _policy(request: TokenRequest) -> TokenExchangePolicy:
    client = request.client
    if client.is_public or client.token_exchange is None:
        raise UnauthorizedClient("The client may not exchange tokens.")
    if request.form.get("requested_token_type", ACCESS_TOKEN) not in (ACCESS_TOKEN, JWT):
        raise InvalidRequest("Only access tokens are issued.")
    if "actor_token_type" in request.form and "actor_token" not in request.form:
        raise InvalidRequest("An actor_token_type says nothing without an actor_token.")
    if "resource" in request.form:
        raise InvalidTarget("Name the audience by its client_id.")
    return TokenExchangePolicy.model_validate(client.token_exchange)


async def _shown(request: TokenRequest, role: str) -> _Shown:
    """A token of the request. Of another tenant's nothing is told, not even that it is good."""
    token = required(request.form, f"{role}_token")
    if required(request.form, f"{role}_token_type") not in (ACCESS_TOKEN, JWT) or not looks_like_jwt(token):
        raise InvalidRequest(f"The {role} token must be an access token of this server.")
    try:
        principal = await request.runtime.authenticator.verify_token(token)
    except Unauthorized as refusal:
        raise InvalidRequest(f"The {role} token is not valid.") from refusal
    if principal.tenant_id != request.client.tenant_id:
        raise InvalidRequest(f"The {role} token is not valid.")
    if role == "subject" and not principal.is_person:
        raise InvalidRequest("The subject must be a person.")
    if role == "actor" and principal.client_id != request.client.client_id:
        raise InvalidRequest("The actor token must be one of the client's own.")
    return _Shown(principal, claims_of(token))


def _act(
    request: TokenRequest, policy: TokenExchangePolicy, subject: _Shown, actor: _Shown | None
) -> dict[str, Any] | None:
    """``act`` of the new token, with the actors before; None when the policy lets the client be the subject.

    An actor token asks for delegation. Without one, a client that is allowed both impersonates.
    """
    delegates = actor is not None or "impersonation" not in policy.modes
    if delegates and "delegation" not in policy.modes:
        raise UnauthorizedClient("The client may not act by delegation.")
    who = str(actor.principal.id if actor is not None else request.client.id)
    _check_may_act(subject.claims.get("may_act"), who, request.client.client_id)
    before = subject.claims.get("act")
    if not delegates:
        return before if isinstance(before, dict) else None
    act = {"sub": who, "client_id": request.client.client_id, **({"act": before} if before else {})}
    if _depth(act) > _MAX_ACTORS:
        raise InvalidRequest("The chain of actors is too long.")
    return act


def _check_may_act(allowed: object, who: str, client_id: str) -> None:
    """A subject token may say itself who may act (RFC 8693 section 4.4)."""
    if allowed is None:
        return
    named, actual = allowed if isinstance(allowed, dict) else {}, {"sub": who, "client_id": client_id}
    if not named or any(actual.get(name) != value for name, value in named.items()):
        raise UnauthorizedClient("The subject token names another actor.")


def _depth(act: object) -> int:
    return 1 + _depth(act.get("act")) if isinstance(act, dict) else 0


def _audience(request: TokenRequest, policy: TokenExchangePolicy) -> str:
    own = request.client.client_id
    audience = request.form.get("audience", own)
    if audience not in (own, *policy.audiences):
        raise InvalidTarget("The client may not ask for tokens for that audience.")
    return audience


def _scope(request: TokenRequest, subject: _Shown) -> list[str]:
    held = sorted(subject.principal.scopes & request.client.allowed_scopes)
    return check_scope(_asked(request.form), held, held)


def _asked(form: Form) -> Form:
    return {"scope": form["scope"]} if "scope" in form else {}


async def _person(request: TokenRequest, subject: _Shown, audience: str) -> Person:
    """The subject as the directory has them now, in the session of the subject token.

    They must be allowed both clients: the one that asks, and the one that the new token is good for.
    """
    principal, claims = subject.principal, subject.claims
    assert principal.session_id is not None
    try:
        effective = await request.runtime.access.of_user(principal.tenant_id, principal.id)
    except NotFound as gone:
        raise InvalidGrant("The subject is gone.") from gone
    if not effective.active:
        raise InvalidGrant("The subject is not active.")
    check_membership(request, effective)
    await check_membership_at(request, audience, effective)
    return Person.of(effective, SignIn(principal.session_id, claims["auth_time"], claims["amr"], claims["acr"]))


def _lineage(*shown: _Shown | None) -> tuple[str, ...]:
    """What ends the new token when it is revoked: each token that was shown, its client, the key that signed it, and
    what those came from.
    """
    keys: dict[str, None] = {}
    for each in shown:
        if each is not None:
            own = (token_key(each.claims["jti"]), client_key(each.claims["client_id"]))
            signed = (signing_key_key(each.principal.key_id),) if each.principal.key_id else ()
            keys.update(dict.fromkeys((*own, *signed, *each.principal.derived_from)))
    return tuple(keys)


async def _record(request: TokenRequest, subject: Principal, audience: str, act: dict[str, Any] | None) -> None:
    """The trail tells who came to act for whom."""
    client = request.client
    asking = Principal("client", client.id, client.tenant_id, client.client_id, client.client_id)
    metadata = {
        "client_id": client.client_id, "subject": str(subject.id), "subject_client": subject.client_id,
        "session_id": str(subject.session_id), "audience": audience, "actor": act["sub"] if act else None,
        "mode": "delegation" if act else "impersonation",
    }  # fmt: skip
    async with request.runtime.database.tenant(client.tenant_id) as session:
        OUTBOX.emit(
            session, asking, "token.exchanged", client.tenant_id, resource_type="token",
            resource_id=UUID(str(request.token_id)), metadata=metadata,
        )  # fmt: skip
