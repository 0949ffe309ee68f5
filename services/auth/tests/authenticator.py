"""An authenticator in software: makes ES256 credentials and attests none of them (WebAuthn Level 2)."""

import hashlib
import os
from typing import Any

import cbor2
import msgspec
from cryptography.hazmat.primitives.asymmetric import ec
from webauthn.helpers import bytes_to_base64url

_PRESENT_AND_VERIFIED_WITH_CREDENTIAL = 0x45


class Authenticator:
    """One device with one key."""

    def __init__(self) -> None:
        self.credential_id = os.urandom(32)
        numbers = ec.generate_private_key(ec.SECP256R1()).public_key().public_numbers()
        x, y = numbers.x.to_bytes(32, "big"), numbers.y.to_bytes(32, "big")
        self.public_key = cbor2.dumps({1: 2, 3: -7, -1: 1, -2: x, -3: y})

    def create(self, options: dict[str, Any], at: str, /, **members: Any) -> dict[str, Any]:
        """What ``navigator.credentials.create`` gives to a page ``at`` an origin, as JSON.

        ``members`` replace parts of the client data.
        """
        client = {"type": "webauthn.create", "challenge": options["challenge"], "origin": at, **members}
        rp_hash = hashlib.sha256(options["rp"]["id"].encode()).digest()
        attested = bytes(16) + len(self.credential_id).to_bytes(2, "big") + self.credential_id + self.public_key
        data = rp_hash + bytes([_PRESENT_AND_VERIFIED_WITH_CREDENTIAL]) + bytes(4) + attested
        attestation = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        identifier = bytes_to_base64url(self.credential_id)
        return {
            "id": identifier, "rawId": identifier, "type": "public-key", "authenticatorAttachment": "platform",
            "response": {
                "clientDataJSON": bytes_to_base64url(msgspec.json.encode(client)),
                "attestationObject": bytes_to_base64url(attestation), "transports": ["internal", "telepathy"],
            },
        }  # fmt: skip
