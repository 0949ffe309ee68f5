"""A person who is signed in by an access token rather than by the browser's cookie."""

from datetime import UTC, datetime

from fastapi import Request

from vaultaris_auth.browser_sessions.session import BrowserSession
from vaultaris_auth.tokens.verified import claims_of
from vaultaris_kit.principal import Principal


def signed_in_by(request: Request, principal: Principal) -> BrowserSession:
    """The sign-in that the verified token of ``request`` tells of. Its session's tokens end with it, as any other's."""
    assert principal.session_id is not None
    claims = claims_of(request.headers["authorization"].partition(" ")[2].strip())
    return BrowserSession(
        id=principal.session_id,
        tenant_id=principal.tenant_id,
        user_id=principal.id,
        authenticated_at=datetime.fromtimestamp(principal.auth_time, UTC),
        amr=list(claims["amr"]),
        acr=str(claims["acr"]),
        expires_at=datetime.fromtimestamp(principal.expires_at, UTC),
    )
