"""Password hashes that come from another system: which are taken, and how dear verifying one may be.

A hash says itself how much memory and time it takes, so that an unbounded one would be a way to stop the service.
"""

import re

import bcrypt
from argon2 import Type, extract_parameters
from argon2.exceptions import InvalidHashError

MAX_MEMORY_KIB = 128 * 1024
MAX_PASSES = 10
MAX_LANES = 16
MAX_BCRYPT_COST = 14
_BCRYPT_BYTES = 72

_ARGON2ID = re.compile(r"\$argon2id\$v=19\$m=\d{1,7},t=\d{1,3},p=\d{1,3}\$[A-Za-z0-9+/]{11,86}\$[A-Za-z0-9+/]{16,172}")
_BCRYPT = re.compile(r"\$2[aby]\$(\d\d)\$[./A-Za-z0-9]{53}")


def check_imported(encoded: str) -> str:
    """The hash, if it can be verified here at a reasonable price. Raises ValueError."""
    if match := _BCRYPT.fullmatch(encoded):
        if not 4 <= int(match[1]) <= MAX_BCRYPT_COST:  # noqa: PLR2004 - what bcrypt itself allows at least
            raise ValueError(f"must have a bcrypt cost of at most {MAX_BCRYPT_COST}")
        return encoded
    if not _ARGON2ID.fullmatch(encoded):
        raise ValueError("must be an Argon2id hash in PHC form or a bcrypt hash")
    try:
        made = extract_parameters(encoded)
    except InvalidHashError as fault:
        raise ValueError("is no well-formed Argon2id hash") from fault
    if made.type is not Type.ID or made.memory_cost > MAX_MEMORY_KIB or made.time_cost > MAX_PASSES:
        raise ValueError(f"must take at most {MAX_MEMORY_KIB} KiB and {MAX_PASSES} passes")
    if not 1 <= made.parallelism <= MAX_LANES or made.memory_cost < 8 * made.parallelism or made.time_cost < 1:
        raise ValueError("has parameters that Argon2id does not allow")
    return encoded


def is_bcrypt(stored: str) -> bool:
    """Whether a stored hash is one of bcrypt's."""
    return stored.startswith("$2")


def matches_bcrypt(stored: str, password: str) -> bool:
    """Whether a bcrypt hash is that of ``password``, of which bcrypt has only ever seen the first 72 bytes."""
    try:
        return bcrypt.checkpw(password.encode()[:_BCRYPT_BYTES], stored.encode())
    except ValueError:
        return False
