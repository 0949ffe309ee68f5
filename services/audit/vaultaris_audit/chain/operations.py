"""Verifying a chain as it stands in the database."""

from vaultaris_audit.chain.canonical import GENESIS
from vaultaris_audit.chain.walk import Bad, Fault, Walk
from vaultaris_audit.entries.content import content_of
from vaultaris_audit.entries.repository import AuditRepository


async def verify_chain(trail: AuditRepository, *, after: int, anchor: bytes | None, limit: int) -> tuple[Walk, bool]:
    """Walks up to ``limit`` entries that follow number ``after``; also returns whether the end was reached.

    ``anchor`` is the hash that entry ``after`` had when the caller saw it. The entries come as a stream: memory
    does not grow with their number.
    """
    walk = await _start(trail, after, anchor)
    seen = 0
    if walk.bad is None:
        async for entry in trail.after(after, limit):
            seen += 1
            if not walk.step(content_of(entry), entry.previous_hash, entry.hash):
                break
    return walk, walk.bad is not None or seen < limit


async def _start(trail: AuditRepository, after: int, anchor: bytes | None) -> Walk:
    own_hash = await trail.hash_of(after) if after else GENESIS
    walk = Walk(after, own_hash or GENESIS)
    if own_hash is None:
        walk.bad = Bad(after, None, Fault.MISSING)
    elif anchor not in (None, own_hash):
        walk.bad = Bad(after, None, Fault.ANCHOR)
    return walk
