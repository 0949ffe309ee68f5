"""Device codes and user codes (RFC 8628 section 6.1). Only hashes are kept; those of user codes are keyed."""

import hashlib
import hmac
import secrets
from typing import Final
from uuid import UUID

from vaultaris_kit.crypto import new_secret

LETTERS: Final = "BCDFGHJKLMNPQRSTVWXZ"
"""No vowels, so no words; no digits, so nothing to mistake. Eight of them are 34 bits."""
_CHARS: Final = 8
_GROUP: Final = 4
_MAX_TYPED_CHARS: Final = 64
_LABEL: Final = b"vaultaris user code"


def new_device_code() -> str:
    """A code for the device, of 256 bits."""
    return new_secret("vdc_")


def new_user_code() -> str:
    """A code for the person, as it is shown: ``WDJB-MJHT``."""
    code = "".join(secrets.choice(LETTERS) for _ in range(_CHARS))
    return f"{code[:_GROUP]}-{code[_GROUP:]}"


def normal_user_code(typed: str) -> str | None:
    """What somebody typed, without case, spaces and dashes; None when it can't be a code."""
    code = "".join(char for char in typed[:_MAX_TYPED_CHARS].upper() if char.isalnum())
    return code if len(code) == _CHARS and set(code) <= set(LETTERS) else None


class UserCodes:
    """Hashes of user codes. Without the key, whoever reads the table would try all of them in minutes."""

    def __init__(self, encryption_key: bytes) -> None:
        self._key = hmac.digest(encryption_key, _LABEL, hashlib.sha256)

    def hash_of(self, tenant_id: UUID, code: str) -> bytes:
        """Of a normalised code."""
        return hmac.digest(self._key, tenant_id.bytes + code.encode(), hashlib.sha256)

    def guesser(self, who: str) -> bytes:
        """Names whoever types codes: a browser session or a user."""
        return hmac.digest(self._key, b"guesser" + who.encode(), hashlib.sha256)
