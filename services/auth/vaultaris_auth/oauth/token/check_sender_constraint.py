"""Step 5: a client whose tokens must be bound to a key gets none that isn't (RFC 9449 section 5.2)."""

from vaultaris_auth.oauth.errors import InvalidDpopProof
from vaultaris_auth.oauth.token.request import TokenRequest


async def check_sender_constraint(request: TokenRequest) -> None:
    """Raises :class:`InvalidDpopProof`: this version issues no bound tokens, so such a client gets none at all."""
    if request.client.dpop_bound:
        raise InvalidDpopProof("This client's tokens must be DPoP-bound, which this server does not offer yet.")
