"""The claims of access tokens (RFC 9068) and ID tokens (OpenID Connect Core section 2)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from vaultaris_auth.clients.registry import Client
from vaultaris_auth.tokens.person import Person
from vaultaris_auth.tokens.signer import Signer


@dataclass(frozen=True, slots=True)
class Grant:
    """What a client is given: on whose behalf (None: its own) and how far it reaches.

    ``delegated``: the person let the client act for them; false only where they trust it with their password.
    ``audience`` None is this server's own API. ``act`` names who acts for the person (RFC 8693 section 4.1);
    ``derived_from`` are the keys of the revocation set that end what is given beside its own.
    """

    client: Client
    scope: Sequence[str]
    person: Person | None = None
    delegated: bool = True
    audience: str | None = None
    act: dict[str, Any] | None = None
    derived_from: Sequence[str] = ()


def access_claims(
    issuer: str, grant: Grant, *, token_id: UUID, issued_at: int, lifetime: int, jkt: str | None = None
) -> dict[str, Any]:
    """The claims of an access token. ``token_id`` must be a UUIDv7 made at ``issued_at`` (seconds).

    ``jkt`` is the thumbprint of the key that it is bound to (RFC 9449 section 6.1).
    """
    client = grant.client
    claims: dict[str, Any] = {
        "iss": issuer,
        "aud": grant.audience or issuer,
        "sub": str(client.id),
        "exp": issued_at + lifetime,
        "iat": issued_at,
        "jti": str(token_id),
        "client_id": client.client_id,
        "tenant_id": str(client.tenant_id),
        "scope": " ".join(grant.scope),
    }
    if jkt is not None:
        claims["cnf"] = {"jkt": jkt}
    if grant.act is not None:
        claims["act"] = grant.act
    if grant.derived_from:
        claims["derived_from"] = list(grant.derived_from)
    if grant.person is not None:
        claims.update(_of_person(grant.person))
        if grant.audience is None and _is_first_party(grant):
            claims["first_party"] = True
        elif "email" not in grant.scope:
            del claims["email"]  # third parties can read their tokens, and people may have left it unticked
    return claims


def _is_first_party(grant: Grant) -> bool:
    """Whether the client does everything that the person may, as it is registered now; see docs/adr/0010."""
    has_password = not grant.delegated and "password" in grant.client.grant_types
    return has_password or not grant.client.requires_consent


def _of_person(person: Person) -> dict[str, Any]:
    return {
        "sub": str(person.user_id),
        "username": person.username,
        "email": person.email,
        "roles": person.roles,
        **_of_sign_in(person),
    }


def _of_sign_in(person: Person) -> dict[str, Any]:
    sign_in = person.sign_in
    return {
        "sid": str(sign_in.session_id),
        "auth_time": sign_in.auth_time,
        "amr": sign_in.amr,
        "acr": sign_in.acr,
    }


def id_claims(
    issuer: str, client: Client, person: Person, *, issued_at: int, lifetime: int, access_token: str, signer: Signer
) -> dict[str, Any]:
    """The claims of the ID token that goes with ``access_token``."""
    return {
        "iss": issuer,
        "sub": str(person.user_id),
        "aud": client.client_id,
        "exp": issued_at + lifetime,
        "iat": issued_at,
        "tenant_id": str(client.tenant_id),
        "at_hash": signer.half_hash(access_token),
        **_of_sign_in(person),
    }


def claims_of_code(signer: Signer, nonce: str | None, code: str | None) -> dict[str, str]:
    """What an ID token got with a code says of it (OpenID Connect Core sections 3.1.3.6 and 3.3.2.11)."""
    claims = {} if nonce is None else {"nonce": nonce}
    return claims if code is None else {**claims, "c_hash": signer.half_hash(code)}
