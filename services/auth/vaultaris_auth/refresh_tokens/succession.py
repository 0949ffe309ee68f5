"""How one refresh token grows out of another, so that a retry can be told the same one without storing its text."""

import hashlib
import hmac
from collections.abc import Mapping
from typing import Final
from uuid import UUID

import msgspec

from vaultaris_auth.refresh_tokens.tokens import token_text

_LABEL: Final = b"vaultaris refresh token succession"
_FRESH_EVERY_TIME: Final = frozenset({"client_assertion", "client_assertion_type", "client_secret"})
_encode = msgspec.json.Encoder(order="sorted").encode


class Succession:
    """Texts of successors: 256 bits that follow from the spent text, the successor's id and a key of the instance.

    Neither the tables nor the key alone tell them.
    """

    def __init__(self, encryption_key: bytes) -> None:
        self._key = hmac.digest(encryption_key, _LABEL, hashlib.sha256)

    def successor_of(self, spent: str, user_id: UUID, successor_id: UUID) -> str:
        """The text of the token that takes the place of ``spent``."""
        return token_text(user_id, hmac.digest(self._key, successor_id.bytes + spent.encode(), hashlib.sha256))


def fingerprint(form: Mapping[str, str], client_id: str, *, is_public: bool, jkt: str | None) -> bytes | None:
    """Names a refresh request by all that makes it that client's very same one; None when nothing proves that.

    A confidential client has authenticated; a public one must show its key. Secrets, assertions and proofs were
    verified, and may differ from try to try.
    """
    if is_public and jkt is None:
        return None
    asked = {name: value for name, value in form.items() if name not in _FRESH_EVERY_TIME}
    return hashlib.sha256(_encode([client_id, jkt, asked])).digest()
