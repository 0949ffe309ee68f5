"""What a key looks like: ``vk_live_``, 43 characters of secret, 6 of checksum, all of base 62.

The fixed start lets secret scanners find leaked keys; the checksum tells typos and guesses from keys without a
look-up. It proves nothing: anybody can compute it.
"""

import secrets
import string
import zlib
from typing import Final

PREFIX: Final = "vk_live_"
_ALPHABET: Final = string.digits + string.ascii_uppercase + string.ascii_lowercase
_SECRET_CHARS: Final = 43
"""256 bits: 43 * log2(62)."""
_CHECKSUM_CHARS: Final = 6
_VISIBLE_CHARS: Final = len(PREFIX) + 6
KEY_CHARS: Final = len(PREFIX) + _SECRET_CHARS + _CHECKSUM_CHARS
_VALID: Final = frozenset(_ALPHABET)


def new_key() -> str:
    """A new random key."""
    body = PREFIX + "".join(secrets.choice(_ALPHABET) for _ in range(_SECRET_CHARS))
    return body + _checksum(body)


def is_well_formed(key: str) -> bool:
    """Whether ``key`` could be one."""
    if len(key) != KEY_CHARS or not key.startswith(PREFIX) or not _VALID.issuperset(key[len(PREFIX) :]):
        return False
    return _checksum(key[:-_CHECKSUM_CHARS]) == key[-_CHECKSUM_CHARS:]


def visible_part(key: str) -> str:
    """The start by which people recognise a key; 220 bits stay secret."""
    return key[:_VISIBLE_CHARS]


def _checksum(text: str) -> str:
    rest, digits = zlib.crc32(text.encode()), []
    for _ in range(_CHECKSUM_CHARS):
        rest, digit = divmod(rest, len(_ALPHABET))
        digits.append(_ALPHABET[digit])
    return "".join(reversed(digits))
