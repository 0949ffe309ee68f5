"""The proof key (RFC 7636 section 4.6)."""

import hashlib
import re

from vaultaris_auth.authorization_codes.codes import Code
from vaultaris_auth.oauth.errors import InvalidGrant, InvalidRequest
from vaultaris_auth.oauth.token.request import TokenRequest
from vaultaris_auth.tokens.signer import base64url
from vaultaris_kit.crypto import same

_VERIFIER = re.compile(r"[A-Za-z0-9._~-]{43,128}")


def check_verifier(request: TokenRequest, code: Code) -> None:
    """Raises :class:`InvalidGrant`, or :class:`InvalidRequest` when the verifier is missing or malformed.

    A verifier without a challenge is refused too: somebody may have taken the challenge out of the authorization
    request (RFC 9700 section 4.8.2).
    """
    verifier = request.form.get("code_verifier")
    if code.code_challenge is None:
        if verifier is not None:
            raise InvalidGrant("A code_verifier was sent for a code that was asked for without a challenge.")
        if request.client.requires_pkce:  # it has become public since, or stricter: anybody could redeem the code
            raise InvalidGrant("The code was asked for without a challenge.")
        return
    if verifier is None or _VERIFIER.fullmatch(verifier) is None:
        raise InvalidRequest("A code_verifier of 43 to 128 characters is required.")
    challenge = base64url(hashlib.sha256(verifier.encode()).digest())
    if not same(challenge, code.code_challenge.encode()):
        raise InvalidGrant("The code_verifier does not match.")
