"""Licences for the tests, minted with a key of their own."""

import base64
import time
from typing import Any
from uuid import uuid4

from joserfc import jwt
from joserfc.jwk import OKPKey

DAY = 86_400
LIMIT = 3
KINDS = ("users", "roles", "groups", "permissions", "applications")
HOSTED = 3
TIER_USERS = 2


class Mint:
    """Signs licences. ``public`` is what LICENSE_PUBLIC_KEY holds."""

    def __init__(self) -> None:
        self.key = OKPKey.generate_key("Ed25519")
        self.public = str(self.key.as_dict(private=False)["x"])

    @property
    def public_pem(self) -> str:
        return self.key.as_pem(private=False).decode()

    def licence(self, *, header: dict[str, str] | None = None, **claims: Any) -> str:
        """A licence that runs for a day, unless ``claims`` say otherwise; None leaves a claim out."""
        moment = int(time.time())
        whole = {
            "jti": str(uuid4()), "sub": "Tulip Ltd", "iat": moment, "exp": moment + DAY, "tier": "pro", **claims
        }  # fmt: skip
        whole = {name: value for name, value in whole.items() if value is not None}
        return jwt.encode(
            {"alg": "EdDSA", "typ": "license+jwt", **(header or {})}, whole, self.key, algorithms=["EdDSA"]
        )


MINT = Mint()
"""The one whose licences the stack of the tests takes."""


def unsigned(token: str) -> str:
    """The same, with a signature that is none."""
    head, _, _ = token.rpartition(".")
    return f"{head}.{base64.urlsafe_b64encode(bytes(64)).rstrip(b'=').decode()}"
