"""DPoP proofs where clients authenticate (RFC 9449 sections 5 and 10.1)."""

from collections.abc import Sequence

from vaultaris_auth.clients.registry import Client
from vaultaris_auth.oauth.errors import InvalidDpopProof, OAuthError, UseDpopNonce
from vaultaris_kit.dpop.proofs import ProofRefused, Target
from vaultaris_kit.service import Runtime


async def proven_key(runtime: Runtime, client: Client, proofs: Sequence[str], target: Target) -> str | None:
    """The thumbprint of the key that made the proof in the header ``DPoP``; None when there is none.

    Raises :class:`InvalidDpopProof`, :class:`UseDpopNonce`.
    """
    if not proofs:
        return None
    try:
        return await runtime.authenticator.proofs.verify(
            proofs, target, client.tenant_id, require_nonce=client.dpop_nonce
        )
    except ProofRefused as refusal:
        raise _as_oauth(refusal) from refusal


def _as_oauth(refusal: ProofRefused) -> OAuthError:
    """The protocol's answer to a proof that was refused."""
    if refusal.nonce is None:
        return InvalidDpopProof(refusal.reason)
    return UseDpopNonce(refusal.reason, headers={"DPoP-Nonce": refusal.nonce})
