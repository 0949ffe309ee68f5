"""Nonces of the server (RFC 9449 section 8), kept nowhere: each carries its time and a MAC under the shared secret."""

import hashlib
import hmac
import time
from typing import Final

from vaultaris_kit.jwk import decode_base64url, encode_base64url

_TIME_BYTES: Final = 8
_MAC_BYTES: Final = 16
_MAX_AGE_MS: Final = 300_000
_LABEL: Final = b"vaultaris dpop nonce"


class Nonces:
    """Any replica of any service knows the nonces of all others."""

    def __init__(self, secret: str, *also_accepted: str) -> None:
        self._keys = [hmac.digest(each.encode(), _LABEL, hashlib.sha256) for each in (secret, *also_accepted)]

    def new(self) -> str:
        """A nonce, good for five minutes."""
        made = int(time.time() * 1000).to_bytes(_TIME_BYTES)
        return encode_base64url(made + _mac(self._keys[0], made))

    def made_at(self, nonce: str) -> float | None:
        """When the nonce was made, in seconds since the epoch; None for one that is not ours or too old."""
        try:
            raw = decode_base64url(nonce)
        except ValueError:
            return None
        made, mac = raw[:_TIME_BYTES], raw[_TIME_BYTES:]
        if len(mac) != _MAC_BYTES or not any(hmac.compare_digest(mac, _mac(key, made)) for key in self._keys):
            return None
        milliseconds = int.from_bytes(made)
        return milliseconds / 1000 if time.time() * 1000 - milliseconds <= _MAX_AGE_MS else None


def _mac(key: bytes, made: bytes) -> bytes:
    return hmac.digest(key, made, hashlib.sha256)[:_MAC_BYTES]
