"""The last step: signing, and telling what was signed (RFC 6749 section 5.1)."""

from typing import Any, Final

from vaultaris_auth.keys.keyring import Keyring
from vaultaris_auth.oauth.token.request import Granted, TokenRequest
from vaultaris_auth.tokens.claims import Grant, access_claims, claims_of_code, id_claims
from vaultaris_auth.tokens.lifetimes import id_lifetime
from vaultaris_auth.tokens.signer import Signer
from vaultaris_kit.events import encode_event, new_event
from vaultaris_kit.principal import Principal

MAX_CHARS_WITH_ROLES: Final = 8000
"""What is left of the header line of 8 KiB that many servers take."""


async def issue(request: TokenRequest, granted: Granted) -> dict[str, Any]:
    """Signs what was granted; returns the members of the answer."""
    grant, issuer = granted.grant, request.runtime.settings.issuer
    signer = await request.runtime.get(Keyring).signer(grant.client.tenant_id)
    lifetime = request.access_lifetime
    claims = access_claims(
        issuer, grant, token_id=request.token_id, issued_at=request.issued_at, lifetime=lifetime, jkt=request.jkt
    )
    access_token = _access_token(signer, claims)
    answer: dict[str, Any] = {
        "access_token": access_token,
        "token_type": "Bearer" if request.jkt is None else "DPoP",
        "expires_in": lifetime,
        "scope": claims["scope"],
    }
    if granted.refresh_token is not None:
        answer["refresh_token"] = granted.refresh_token
    if granted.issued_token_type is not None:
        answer["issued_token_type"] = granted.issued_token_type
    elif grant.person is not None and "openid" in grant.scope:
        id_signer = await request.runtime.get(Keyring).signer(grant.client.tenant_id, grant.client.id_token_alg)
        told = id_claims(
            issuer, grant.client, grant.person, issued_at=request.issued_at,
            lifetime=id_lifetime(request.tenant, request.applications), access_token=access_token, signer=id_signer,
        )  # fmt: skip
        answer["id_token"] = id_signer.id_token({**told, **claims_of_code(id_signer, granted.nonce, granted.code)})
    _observe(request, granted, claims)
    return answer


def _access_token(signer: Signer, claims: dict[str, Any]) -> str:
    """Signed; without the role names when there are so many that the token could be used nowhere.

    They are left out as a whole: nobody takes some of them for all. UserInfo and token validation list them.
    """
    token = signer.access_token(claims)
    if len(token) > MAX_CHARS_WITH_ROLES and claims.pop("roles", None) is not None:
        token = signer.access_token(claims)
    return token


def _observe(request: TokenRequest, granted: Granted, claims: dict[str, Any]) -> None:
    """Tells the bus; an observation, not an event: a lost one is counted.

    ``sid`` and ``expires_at`` (seconds since the epoch) show the sessions service how long a session is in use: until
    its refresh token, or else its access token, ends.
    """
    grant, ends_at = granted.grant, granted.refresh_ends_at
    metadata = {
        "client_id": grant.client.client_id,
        "grant_type": request.handler.name,
        "scope": claims["scope"],
        "jti": claims["jti"],
        "expires_at": int(ends_at.timestamp()) if ends_at else claims["exp"],
    }
    if "sid" in claims:
        metadata["sid"] = claims["sid"]
    event = new_event(
        principal_of(grant), "auth.token.issued", grant.client.tenant_id,
        resource_type="token", resource_id=request.token_id, metadata=metadata,
    )  # fmt: skip
    request.runtime.bus.observe("auth", event, encode_event(event))


def principal_of(grant: Grant) -> Principal:
    """Who acts when a token is given: the person, or else the client itself."""
    client, person = grant.client, grant.person
    if person is None:
        return Principal("client", client.id, client.tenant_id, client.client_id, client.client_id)
    return Principal(
        "user", person.user_id, client.tenant_id, person.username, client.client_id, person.sign_in.session_id
    )
