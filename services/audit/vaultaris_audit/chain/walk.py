"""Walking a chain, entry after entry: pure, so that it can be tested without a database."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from vaultaris_audit.chain.canonical import GENESIS, Content, link


class Fault(StrEnum):
    """What is wrong with the first bad entry."""

    MISSING = "missing"
    """No entry with this number: one was taken out."""
    BROKEN_LINK = "broken_link"
    """It does not carry the hash of the entry before it: one was replaced."""
    ALTERED = "altered"
    """Its content does not give its hash: it was changed."""
    ANCHOR = "anchor"
    """The entry at which to begin does not have the hash that the caller kept of it: history was rewritten."""


@dataclass(frozen=True, slots=True)
class Bad:
    """The first bad entry; ``entry_id`` is None when it is missing."""

    sequence: int
    entry_id: UUID | None
    fault: Fault


class Walk:
    """Takes the entries of one tenant in the order of their numbers and stops at the first bad one."""

    def __init__(self, after: int = 0, after_hash: bytes = GENESIS) -> None:
        self.sequence, self.hash = after, after_hash
        self.checked = 0
        self.bad: Bad | None = None

    def step(self, content: Content, previous_hash: bytes, own_hash: bytes) -> bool:
        """Whether this entry rightly follows the one before."""
        expected = self.sequence + 1
        if content.sequence != expected:
            self.bad = Bad(expected, None, Fault.MISSING)
        elif previous_hash != self.hash:
            self.bad = Bad(expected, content.id, Fault.BROKEN_LINK)
        elif link(previous_hash, content) != own_hash:
            self.bad = Bad(expected, content.id, Fault.ALTERED)
        else:
            self.sequence, self.hash = expected, own_hash
            self.checked += 1
        return self.bad is None
