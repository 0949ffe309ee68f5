"""A client's own public keys, as it registers them (``jwks``, RFC 7591 section 2)."""

from typing import Any, Final

import msgspec

from vaultaris_kit.jwk import parse_public_jwk

MAX_KEYS: Final = 20
MAX_BYTES: Final = 32 * 1024
_MAX_KEY_ID_CHARS: Final = 200


def problem_of_key_set(key_set: dict[str, Any]) -> str | None:
    """Why ``key_set`` can't be registered; None when it can."""
    keys = key_set.get("keys")
    if not isinstance(keys, list) or not 1 <= len(keys) <= MAX_KEYS:
        return f"Must be a JWK set of one to {MAX_KEYS} keys."
    if len(msgspec.json.encode(key_set)) > MAX_BYTES:
        return f"Must not exceed {MAX_BYTES} bytes."
    return next((problem for position, key in enumerate(keys) if (problem := _problem_of_key(position, key))), None)


def _problem_of_key(position: int, key: object) -> str | None:
    if not isinstance(key, dict):
        return f"Key {position} is not an object."
    if key.get("use", "sig") != "sig":
        return f"Key {position} is not for signatures."
    key_id = key.get("kid", "")
    if not isinstance(key_id, str) or len(key_id) > _MAX_KEY_ID_CHARS:
        return f"Key {position} has a kid that is no short string."
    try:
        parse_public_jwk(key)
    except ValueError as fault:
        return f"Key {position} {fault}."
    return None
