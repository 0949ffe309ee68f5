"""Step 6: the key that the tokens are bound to (RFC 9449 section 5); a client that must bind them gets no others."""

from vaultaris_auth.oauth.errors import InvalidDpopProof, InvalidGrant
from vaultaris_auth.oauth.proofs import proven_key
from vaultaris_auth.oauth.token.request import TokenRequest


async def check_sender_constraint(request: TokenRequest) -> None:
    """Finds the key of the proof, if there is one. Raises :class:`InvalidDpopProof`, :class:`UseDpopNonce`."""
    if request.client.dpop_bound and not request.proofs:
        raise InvalidDpopProof("This client's tokens must be bound to a key: a DPoP proof is needed.")
    request.jkt = await proven_key(request.runtime, request.client, request.proofs, request.target)


def check_same_key(request: TokenRequest, jkt: str | None) -> None:
    """That a grant bound to ``jkt`` (``dpop_jkt`` of a code, the key of a refresh token) comes with that very key.

    ``jkt`` None is bound to nothing. Raises :class:`InvalidDpopProof` without a proof, :class:`InvalidGrant` with
    another key's.
    """
    check_some_key(request, jkt)
    if jkt not in (None, request.jkt):
        raise InvalidGrant("The grant is bound to another key.")


def check_some_key(request: TokenRequest, jkt: str | None) -> None:
    """That a grant bound to ``jkt`` comes with a proof at all. Raises :class:`InvalidDpopProof`."""
    if jkt is not None and request.jkt is None:
        raise InvalidDpopProof("The grant is bound to a key: a DPoP proof is needed.")
