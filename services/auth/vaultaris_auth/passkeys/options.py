"""Creation options as browsers want them and as other clients do: every member in both spellings."""

from typing import Any
from uuid import UUID

from webauthn.helpers import bytes_to_base64url

from vaultaris_auth.passkeys.relying_party import NAME, RelyingParty

TIMEOUT_MS = 60_000
ALGORITHMS = (-7, -257)
"""COSE: ES256 first, RS256 for authenticators that have nothing else."""


def creation_options(
    party: RelyingParty, *, challenge: bytes, user_id: UUID, username: str, display_name: str
) -> dict[str, Any]:
    """``PublicKeyCredentialCreationOptions`` (WebAuthn section 5.4), binary members in base64url."""
    parameters = [{"type": "public-key", "alg": algorithm} for algorithm in ALGORITHMS]
    user = {
        "id": bytes_to_base64url(user_id.bytes), "name": username,
        "display_name": display_name, "displayName": display_name,
    }  # fmt: skip
    return {
        "challenge": bytes_to_base64url(challenge),
        "rp": {"id": party.id, "name": NAME},
        "user": user,
        "pubkey_cred_params": parameters,
        "pubKeyCredParams": parameters,
        "timeout": TIMEOUT_MS,
        "attestation": "none",
        "authenticator_selection": {"resident_key": "preferred", "user_verification": "preferred"},
        "authenticatorSelection": {"residentKey": "preferred", "userVerification": "preferred"},
        "exclude_credentials": [],
        "excludeCredentials": [],
    }
