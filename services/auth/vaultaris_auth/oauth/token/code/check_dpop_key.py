"""The key that the code was bound to in the authorization request (RFC 9449 section 10)."""

from vaultaris_auth.authorization_codes.codes import Code
from vaultaris_auth.oauth.errors import InvalidDpopProof
from vaultaris_auth.oauth.token.request import TokenRequest


def check_dpop_key(request: TokenRequest, code: Code) -> None:
    """Raises :class:`InvalidDpopProof`: without a proof of that key the code is worth nothing."""
    if code.dpop_jkt not in (None, request.jkt):
        raise InvalidDpopProof("The code is bound to a key; prove that you hold it.")
