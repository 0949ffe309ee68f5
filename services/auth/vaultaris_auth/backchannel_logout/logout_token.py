"""The logout token (Back-Channel Logout section 2.4)."""

import time
from typing import Any, Final

from vaultaris_auth.backchannel_logout.notices import Notice
from vaultaris_kit.ids import new_id

EVENT: Final = "http://schemas.openid.net/event/backchannel-logout"
_SECONDS: Final = 120


def logout_claims(issuer: str, notice: Notice) -> dict[str, Any]:
    """The claims: never a ``nonce``, so that it can't be taken for an ID token. A new ``jti`` for every attempt."""
    issued_at = int(time.time())
    return {
        "iss": issuer,
        "aud": notice.client_id,
        "sub": str(notice.user_id),
        "sid": str(notice.session_id),
        "iat": issued_at,
        "exp": issued_at + _SECONDS,
        "jti": str(new_id()),
        "events": {EVENT: {}},
    }
