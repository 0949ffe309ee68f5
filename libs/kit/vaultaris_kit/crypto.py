"""Encryption at rest and comparison of secrets.

Values that must be read back are sealed with AES-256-GCM; the sealed form names its key, so that
``ENCRYPTION_KEY`` can be rotated. High-entropy secrets that need only be compared are SHA-256 hashed.
"""

import hashlib
import hmac
import os
import secrets

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_NONCE_BYTES = 12
_KEY_ID_BYTES = 4


class Sealer:
    """Seals and opens small values. Sealed form: version byte, key id (4), nonce (12), ciphertext and tag.

    ``purpose`` is authenticated with the value, so that a value sealed for one column can't be
    moved to another.
    """

    def __init__(self, key: bytes, *older_keys: bytes) -> None:
        self._ciphers = {self._key_id(each): AESGCM(each) for each in (key, *older_keys)}
        self._current = self._key_id(key)

    @property
    def key_id(self) -> bytes:
        """Names the key that seals now, as bytes 2 to 5 of what it sealed do."""
        return self._current

    @staticmethod
    def _key_id(key: bytes) -> bytes:
        return hashlib.sha256(b"vaultaris key id" + key).digest()[:_KEY_ID_BYTES]

    def seal(self, value: bytes, purpose: str) -> bytes:
        """Encrypts ``value`` under the current key."""
        nonce = os.urandom(_NONCE_BYTES)
        sealed = self._ciphers[self._current].encrypt(nonce, value, purpose.encode())
        return b"\x01" + self._current + nonce + sealed

    def open(self, sealed: bytes, purpose: str) -> bytes:
        """Decrypts what :meth:`seal` made.

        Raises ``cryptography``'s InvalidTag when it was tampered with, KeyError when its key is not among ours.
        """
        key_id, rest = sealed[1 : 1 + _KEY_ID_BYTES], sealed[1 + _KEY_ID_BYTES :]
        return self._ciphers[key_id].decrypt(rest[:_NONCE_BYTES], rest[_NONCE_BYTES:], purpose.encode())


def new_secret(prefix: str = "", size: int = 32) -> str:
    """A URL-safe random secret of ``size`` bytes of entropy behind ``prefix``."""
    return prefix + secrets.token_urlsafe(size)


def digest(secret: str) -> bytes:
    """SHA-256 of a high-entropy secret; never use it for a password."""
    return hashlib.sha256(secret.encode()).digest()


def same(left: bytes, right: bytes) -> bool:
    """Compares in constant time."""
    return hmac.compare_digest(left, right)
