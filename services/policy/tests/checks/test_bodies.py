"""Bodies are read into structs; a bad one is explained field by field."""

import json
from typing import Any
from uuid import UUID

import pytest

from vaultaris_kit.errors import BadRequest, Invalid
from vaultaris_policy.checks.bodies import BodyReader, check_context, check_text
from vaultaris_policy.checks.schemas import BatchCheckRequest, CheckRequest

USER = "018f0000-0000-7000-8000-000000000001"
GOOD: dict[str, Any] = {"user_id": USER, "resource": "orders:42", "action": "read"}

read_check = BodyReader(CheckRequest).read
read_batch = BodyReader(BatchCheckRequest).read


def faults(body: Any, batch: bool = False) -> dict[str, str]:
    """Code by field."""
    with pytest.raises(Invalid) as refusal:
        (read_batch if batch else read_check)(json.dumps(body).encode())
    return {detail["field"]: detail["code"] for detail in refusal.value.details}


class TestGood:
    def test_is_read(self) -> None:
        asked = read_check(json.dumps({**GOOD, "context": {"ip": "203.0.113.7"}}).encode())
        assert (asked.user_id, asked.resource, asked.action) == (UUID(USER), "orders:42", "read")
        assert asked.context == {"ip": "203.0.113.7"}

    def test_null_is_missing_and_unknown_fields_are_ignored(self) -> None:
        assert read_check(json.dumps({**GOOD, "context": None, "colour": "red"}).encode()).context is None

    def test_an_escaped_backslash_is_not_a_nul(self) -> None:
        assert read_check(json.dumps({**GOOD, "action": "\\u0000"}).encode()).action == "\\u0000"

    def test_a_batch_keeps_its_order(self) -> None:
        checks = [{"resource": f"r{n}", "action": "read"} for n in range(100)]
        asked = read_batch(json.dumps({"user_id": USER, "checks": checks}).encode())
        assert [each.resource for each in asked.checks] == [f"r{n}" for n in range(100)]


class TestBad:
    @pytest.mark.parametrize("body", [b"", b"{", b"nonsense", b'{"a":1}}', b"\xff"])
    def test_malformed_is_400(self, body: bytes) -> None:
        with pytest.raises(BadRequest):
            read_check(body)

    @pytest.mark.parametrize("body", [b'{"action":"a\\u0000"}', b'{"action":"\\ud800"}', b"[" * 5000 + b"]" * 5000])
    def test_what_no_field_may_hold_is_422(self, body: bytes) -> None:
        with pytest.raises(Invalid):
            read_check(body)

    def test_every_bad_field_is_named(self) -> None:
        assert faults({"user_id": "nobody", "resource": "", "context": 5}) == {
            "user_id": "uuid", "resource": "length", "action": "missing", "context": "type",
        }  # fmt: skip

    def test_something_else_than_an_object(self) -> None:
        assert faults([]) == {"body": "type"}

    def test_a_very_long_string(self) -> None:
        assert faults({**GOOD, "resource": "a" * 50_000}) == {"resource": "length"}

    @pytest.mark.parametrize("count", [0, 101])
    def test_too_few_or_too_many_checks(self, count: int) -> None:
        checks = [{"resource": "r", "action": "read"}] * count
        assert faults({"user_id": USER, "checks": checks}, batch=True) == {"checks": "length"}

    def test_the_place_inside_a_batch(self) -> None:
        good = {"resource": "r", "action": "read"}
        assert faults({"user_id": USER, "checks": [good, {**good, "resource": 5}]}, batch=True) == {
            "checks.1.resource": "type"
        }
        assert faults({"user_id": USER, "checks": [good, {"resource": "r"}]}, batch=True) == {
            "checks.1.action": "missing"
        }


class TestContext:
    def test_is_bounded(self) -> None:
        check_context({"a": "x" * 60_000}, "context")
        with pytest.raises(Invalid):
            check_context({"a": "x" * 70_000}, "context")

    @pytest.mark.parametrize("context", [{"a": ["b\x00"]}, {"a\x00": 1}])
    def test_holds_no_nul(self, context: dict[str, Any]) -> None:
        with pytest.raises(Invalid):
            check_context(context, "context")
        check_context({"a": "\\u0000"}, "context")  # six characters, none of them NUL


class TestText:
    @pytest.mark.parametrize(("value", "code"), [("", "length"), ("x" * 11, "length"), ("a\x00", "nul")])
    def test_is_bounded(self, value: str, code: str) -> None:
        with pytest.raises(Invalid) as refused:
            check_text(value, "resource", 10)
        assert [(each["field"], each["code"]) for each in refused.value.details] == [("resource", code)]
