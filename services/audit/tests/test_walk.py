"""Every way to tamper with a chain is noticed, at the right entry."""

from collections.abc import Sequence
from uuid import UUID

import msgspec
import pytest

from vaultaris_audit.chain.canonical import GENESIS, Content, link
from vaultaris_audit.chain.walk import Bad, Fault, Walk

from .test_canonical import CONTENT

Link = tuple[Content, bytes, bytes]


@pytest.fixture
def chain() -> list[Link]:
    links: list[Link] = []
    previous = GENESIS
    for sequence in range(1, 6):
        content = msgspec.structs.replace(CONTENT, id=UUID(int=sequence), sequence=sequence)
        own = link(previous, content)
        links.append((content, previous, own))
        previous = own
    return links


def walk(links: Sequence[Link]) -> Walk:
    found = Walk()
    for each in links:
        if not found.step(*each):
            break
    return found


def test_a_good_chain(chain: list[Link]) -> None:
    found = walk(chain)
    assert (found.bad, found.checked, found.sequence, found.hash) == (None, 5, 5, chain[-1][2])


@pytest.mark.parametrize("field", [each for each in Content.__struct_fields__ if each != "sequence"])
def test_a_change_of_any_field(chain: list[Link], field: str) -> None:
    content, previous, own = chain[2]
    changed = msgspec.structs.replace(content, **{field: "changed"})
    chain[2] = (changed, previous, own)
    assert walk(chain).bad == Bad(3, changed.id, Fault.ALTERED)


def test_an_entry_taken_out(chain: list[Link]) -> None:
    del chain[2]
    assert walk(chain).bad == Bad(3, None, Fault.MISSING)


def test_the_first_entry_taken_out(chain: list[Link]) -> None:
    assert walk(chain[1:]).bad == Bad(1, None, Fault.MISSING)


def test_two_entries_that_changed_places(chain: list[Link]) -> None:
    chain[2], chain[3] = chain[3], chain[2]
    assert walk(chain).bad == Bad(3, None, Fault.MISSING)


def test_an_entry_rewritten_with_a_fitting_hash(chain: list[Link]) -> None:
    content, previous, _ = chain[2]
    changed = msgspec.structs.replace(content, action="user.deleted")
    chain[2] = (changed, previous, link(previous, changed))
    assert walk(chain).bad == Bad(4, UUID(int=4), Fault.BROKEN_LINK)
