"""What must hold for every client, whichever way it came about."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from vaultaris_auth.clients.models import OAuthClient
from vaultaris_kit.errors import Forbidden, Invalid
from vaultaris_kit.jwk import ALGORITHMS
from vaultaris_kit.rights import EVERY_RIGHT, RightSet

MAX_SCOPE_CHARS: Final = 4096
"""Of the scope of one token, which travels in headers."""


def check_client(client: OAuthClient) -> None:
    """Raises :class:`Invalid` naming the first field that contradicts another."""
    _check_authentication(client)
    if client.is_public:
        _check_public(client)
    elif client.token_endpoint_auth_method == "none":  # noqa: S105 - the name of a method
        raise Invalid.field("token_endpoint_auth_method", "Only a public client authenticates by `none`.")
    beyond = set(client.default_scopes) - set(client.allowed_scopes)
    if beyond:
        raise Invalid.field("default_scopes", f"Not among the allowed scopes: {' '.join(sorted(beyond))}.")
    if len(" ".join(client.default_scopes)) > MAX_SCOPE_CHARS:
        raise Invalid.field("default_scopes", f"Longer than {MAX_SCOPE_CHARS} characters in all.")


def has_secret(client: OAuthClient) -> bool:
    """Whether a client of this kind holds a secret at all."""
    return not client.is_public and client.token_endpoint_auth_method != "private_key_jwt"  # noqa: S105 - a method


def _check_authentication(client: OAuthClient) -> None:
    method, algorithm = client.token_endpoint_auth_method, client.token_endpoint_auth_signing_alg
    if client.jwks is not None and client.jwks_uri is not None:
        raise Invalid.field("jwks_uri", "Keys come from `jwks` or from `jwks_uri`, not from both.")
    if method == "private_key_jwt" and client.jwks is None and client.jwks_uri is None:
        raise Invalid.field("jwks", "`private_key_jwt` needs `jwks` or `jwks_uri`.")
    if algorithm is not None and algorithm not in _SIGNED_BY.get(method or "", ()):
        raise Invalid.field("token_endpoint_auth_signing_alg", "Does not go with the authentication method.")


_SIGNED_BY: Final[dict[str, tuple[str, ...]]] = {"private_key_jwt": ALGORITHMS, "client_secret_jwt": ("HS256",)}


def _check_public(client: OAuthClient) -> None:
    if not client.require_pkce:
        raise Invalid.field("require_pkce", "A public client can't do without PKCE.")
    if "client_credentials" in client.allowed_grant_types:
        raise Invalid.field("allowed_grant_types", "A public client has no credentials of its own.")
    if client.token_endpoint_auth_method not in (None, "none"):
        raise Invalid.field("token_endpoint_auth_method", "A public client has no secret.")


def reach_of(client: OAuthClient) -> set[str]:
    """The rights that tokens got through ``client`` can confer on whoever runs it.

    One that asks nobody for consent, or that people give their password, acts with all that they may (docs/adr/0010).
    """
    for_people = set(client.allowed_grant_types) - _FOR_ITSELF
    as_people = "password" in for_people or (bool(for_people) and not client.require_consent)
    return rights_among(client.allowed_scopes) | ({EVERY_RIGHT} if as_people else set())


def opens_to_others(before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    """Whether a change lets somebody act as the client who could not before, or sends them what it is granted."""
    sent = any(set(after[name]) - set(before[name]) for name in ("redirect_uris", "allowed_grant_types"))
    keyed = any(after[name] not in (None, before[name]) for name in ("jwks", "jwks_uri"))
    return sent or keyed or (after["is_public"] and not before["is_public"])


_FOR_ITSELF: Final = frozenset({"client_credentials", "urn:ietf:params:oauth:grant-type:token-exchange"})
"""Grants that give no token which is good for a person's rights at this server."""


def rights_among(scopes: Iterable[str]) -> set[str]:
    """The scopes that are rights of the management API: those that look like ``resource:action``."""
    return {scope for scope in scopes if ":" in scope}


def check_grantable(rights: RightSet, scopes: Iterable[str]) -> None:
    """Nobody can grant a right that they don't hold. Raises :class:`Forbidden`."""
    lacking = sorted(right for right in rights_among(scopes) if not rights.covers(right))
    if lacking:
        raise Forbidden(f"You can't give away rights that you don't hold: {', '.join(lacking[:10])}.")
