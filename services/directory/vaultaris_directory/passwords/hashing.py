"""Argon2id, in a bounded pool of threads: the event loop never hashes."""

from collections.abc import Collection

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from vaultaris_directory.passwords.imported import is_bcrypt, matches_bcrypt
from vaultaris_directory.passwords.policy import normalize
from vaultaris_directory.passwords.together import Together
from vaultaris_kit.pools import BoundedPool

MEMORY_KIB = 19_456
PASSES = 2
LANES = 1
"""The second of the recommended parameter sets of the OWASP password storage cheat sheet; more can be configured."""

_NICENESS = 10
"""Hashing takes what others leave of the cores: a flood of sign-ins makes sign-ins slow, and nothing else."""

_TOGETHER = 4
_TOGETHER_SECONDS = 0.1
"""How many sign-ins go on at a time while more of them wait to be hashed, and how long one is kept for it."""


def new_hasher(memory_kib: int = MEMORY_KIB, passes: int = PASSES) -> PasswordHasher:
    """Argon2id in one thread."""
    return PasswordHasher(time_cost=passes, memory_cost=memory_kib, parallelism=LANES)


class Passwords:
    """Hashes and verifies, with a queue of bounded length: over it :class:`Unavailable` says when to come back."""

    def __init__(
        self, *, workers: int, queue: int, common: Collection[str],
        memory_kib: int = MEMORY_KIB, passes: int = PASSES,
    ) -> None:  # fmt: skip
        self._hasher = new_hasher(memory_kib, passes)
        self._pool = BoundedPool("passwords", workers=workers, queue=queue, niceness=_NICENESS)
        self._together = Together(_TOGETHER, _TOGETHER_SECONDS)
        self._decoy = self._hasher.hash("no account has this password")
        self.common = common

    def require_room(self) -> None:
        """Raises :class:`Unavailable` when the queue is full: before anything is done for a guess in vain."""
        self._pool.require_room()

    async def hash(self, password: str) -> str:
        """The encoded hash of ``password``."""
        return await self._pool.run(self._hasher.hash, normalize(password))

    async def verify(self, stored: str | None, password: str) -> bool:
        """Whether ``password`` is the one behind ``stored``; takes as long and says no when there is none."""
        matches = await self._pool.run(self._matches, stored or self._decoy, normalize(password))
        await self._together.wait(others_behind=self._pool.queued > 0)
        return matches and stored is not None

    async def reused(self, earlier: Collection[str], password: str) -> bool:
        """Whether ``password`` is one of the earlier ones."""
        for stored in earlier:
            if await self.verify(stored, password):
                return True
        return False

    def outdated(self, stored: str) -> bool:
        """Whether ``stored`` was made with other parameters than today's, or elsewhere by bcrypt."""
        return is_bcrypt(stored) or self._hasher.check_needs_rehash(stored)

    def _matches(self, stored: str, password: str) -> bool:
        if is_bcrypt(stored):
            return matches_bcrypt(stored, password)
        try:
            return self._hasher.verify(stored, password)
        except (VerificationError, InvalidHashError):
            return False

    def close(self) -> None:
        self._pool.close()
