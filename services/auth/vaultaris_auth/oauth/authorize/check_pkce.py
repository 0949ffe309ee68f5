"""Proof key for code exchange (RFC 7636): S256 only, and compulsory unless a confidential client is let off."""

import re
from typing import Final

from vaultaris_auth.oauth.authorize.request import AuthorizeRequest
from vaultaris_auth.oauth.errors import InvalidRequest

METHODS: Final = ("S256",)
_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")
"""base64url of a SHA-256."""


async def check_pkce(request: AuthorizeRequest) -> None:
    """Raises :class:`InvalidRequest`. Without a method RFC 7636 means ``plain``, which is refused."""
    challenge, method = request.form.get("code_challenge"), request.form.get("code_challenge_method")
    if challenge is None:
        if request.client.requires_pkce or method is not None:
            raise InvalidRequest("A code_challenge is required (PKCE).")
        return
    if method not in METHODS:
        raise InvalidRequest("The code_challenge_method must be S256.")
    if _CHALLENGE.fullmatch(challenge) is None:
        raise InvalidRequest("The code_challenge is malformed.")
    request.code_challenge = challenge
