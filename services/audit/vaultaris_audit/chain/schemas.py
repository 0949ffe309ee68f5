"""HTTP shape of a verification."""

from uuid import UUID

from pydantic import BaseModel, Field

from vaultaris_audit.chain.walk import Fault, Walk


class BadEntryOut(BaseModel):
    """The first entry that does not fit; ``entry_id`` is null when it is missing."""

    sequence: int
    entry_id: UUID | None
    reason: Fault


class VerificationOut(BaseModel):
    """``last_sequence`` and ``last_hash`` name the last good entry.

    Kept outside, they prove later (as `after` and `anchor`) that nothing up to there was rewritten or cut off.
    """

    valid: bool
    checked: int = Field(description="Entries found good by this call.")
    last_sequence: int
    last_hash: str = Field(description="Hexadecimal.")
    complete: bool = Field(description="False when the chain goes on: call again with `after=last_sequence`.")
    first_bad: BadEntryOut | None


def verification_out(walk: Walk, *, complete: bool) -> VerificationOut:
    bad = walk.bad and BadEntryOut(sequence=walk.bad.sequence, entry_id=walk.bad.entry_id, reason=walk.bad.fault)
    return VerificationOut(
        valid=bad is None,
        checked=walk.checked,
        last_sequence=walk.sequence,
        last_hash=walk.hash.hex(),
        complete=complete,
        first_bad=bad,
    )
