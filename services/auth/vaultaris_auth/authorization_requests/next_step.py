"""What the browser must do next, as a value; and the rules that decide it, without input or output."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from vaultaris_auth.authorization_requests.parameters import Parameters
from vaultaris_auth.authorization_requests.response import AuthorizationResponse
from vaultaris_auth.browser_sessions.session import BrowserSession
from vaultaris_auth.clients.registry import Client
from vaultaris_auth.oauth.errors import OAuthError


@dataclass(frozen=True, slots=True)
class SignIn:
    """The person must sign in, though somebody may be signed in already. ``login_hint`` is the client's guess."""

    login_hint: str | None = None


@dataclass(frozen=True, slots=True)
class Consent:
    """The person must decide. ``granted`` are the scopes that they gave this client before."""

    browser: BrowserSession
    granted: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Done:
    """The browser goes back to the client: ``response.render()``."""

    response: AuthorizationResponse


@dataclass(frozen=True, slots=True)
class Refused:
    """There is nobody to tell but the person: the request has expired, or was answered already."""

    error: OAuthError


@dataclass(frozen=True, slots=True)
class Grant:
    """Nothing stands in the way of a code with this scope."""

    browser: BrowserSession
    scope: tuple[str, ...]


NextStep = SignIn | Consent | Done | Refused


def must_sign_in(
    asked: Parameters, browser: BrowserSession | None, *, requested_at: datetime, at: datetime
) -> SignIn | None:
    """Whether the person has to prove who they are (OpenID Connect Core sections 3.1.2.1 and 3.1.2.3).

    Somebody who did so since the request came has done what ``prompt`` and ``max_age`` demand.
    """
    needed = SignIn(asked.login_hint)
    if browser is None:
        return needed
    if browser.authenticated_at >= requested_at:
        return None
    if {"login", "select_account"} & set(asked.prompt):
        return needed
    if asked.max_age is not None and at - browser.authenticated_at > timedelta(seconds=asked.max_age):
        return needed
    return needed if asked.subject not in (None, browser.user_id) else None


def must_consent(asked: Parameters, granted: Collection[str], *, client: Client) -> bool:
    """Whether the person has to be asked. ``granted`` is what they gave this client before."""
    if "consent" in asked.prompt:
        return True
    return client.requires_consent and not (set(asked.scope) <= set(granted) and is_assured(client, asked))


def is_assured(client: Client, asked: Parameters) -> bool:
    """Whether the one who asks is the client that it says it is: by its secret, or by an address that is its alone.

    Any program on a device can listen on a loopback port or claim a scheme, and know a public ``client_id``: such a
    request is never granted on the strength of an earlier consent (RFC 8252 section 8.6).
    """
    return not client.is_public or asked.redirect_uri.startswith("https://")
