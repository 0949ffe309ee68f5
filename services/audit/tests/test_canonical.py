"""The form that is hashed must survive the database."""

import json
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from vaultaris_audit.chain.canonical import GENESIS, Content, canonical, link

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)

CONTENT = Content(
    id=UUID(int=1), tenant_id=UUID(int=2), sequence=1, actor_id=None, actor_type="system", actor_tenant_id=None,
    actor_ip=None, actor_user_agent=None, action="user.created", resource_type="user", resource_id=UUID(int=3),
    description=None, old_value=None, new_value={"b": 1, "a": "é"}, metadata={}, request_id=None,
    created_at=datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC), recorded_at=datetime(2026, 1, 2, 3, 4, 5, 60, tzinfo=UTC),
)  # fmt: skip


@given(JSON)
def test_is_the_same_after_a_round_trip(value: Any) -> None:
    written = canonical({"value": value})
    assert canonical(msgspec.json.decode(written)) == written


@given(st.dictionaries(st.text(), st.integers()))
def test_does_not_depend_on_the_order_of_members(value: dict[str, int]) -> None:
    assert canonical(dict(reversed(value.items()))) == canonical(value)


def test_can_be_recomputed_with_nothing_of_ours() -> None:
    entry = {
        "action": "user.created", "actor_id": None, "actor_ip": None, "actor_tenant_id": None,
        "actor_type": "system", "actor_user_agent": None, "created_at": "2026-01-02T03:04:05Z", "description": None,
        "id": "00000000-0000-0000-0000-000000000001", "metadata": {}, "new_value": {"a": "é", "b": 1},
        "old_value": None, "recorded_at": "2026-01-02T03:04:05.000060Z", "request_id": None,
        "resource_id": "00000000-0000-0000-0000-000000000003", "resource_type": "user", "sequence": 1,
        "tenant_id": "00000000-0000-0000-0000-000000000002",
    }  # fmt: skip
    text = json.dumps(entry, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert link(GENESIS, CONTENT) == sha256(bytes(32) + text.encode()).digest()
