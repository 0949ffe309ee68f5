"""What conditions can look at."""

from datetime import UTC, datetime
from typing import Any

from vaultaris.directory.v1.directory_pb2 import EffectivePermissions, User
from vaultaris_policy.checks.attributes import AskedQuestion, subject_of

AT = datetime(2026, 1, 31, 9, tzinfo=UTC)


def attributes(resource: str = "orders:42", context: dict[str, Any] | None = None) -> dict[str, Any]:
    return dict(AskedQuestion({"id": "1"}, resource, "read", context, AT).attributes)


class TestSubject:
    def test_lists_do_not_tell_how_the_directory_came_to_them(self) -> None:
        roles = [EffectivePermissions.Role(id=name, name=name) for name in ("late", "early")]
        groups = [EffectivePermissions.Group(id=path, path=path) for path in ("/north", "/east")]
        told = subject_of(EffectivePermissions(roles=roles, groups=groups))
        assert (told["roles"], told["groups"]) == (["early", "late"], ["/east", "/north"])

    def test_is_what_the_directory_says(self) -> None:
        answer = EffectivePermissions(
            user=User(id="1", tenant_id="2", username="ada", email="ada@a.test"),
            roles=[EffectivePermissions.Role(id="3", name="clerk")],
            groups=[EffectivePermissions.Group(id="4", name="sales", path="/sales")],
            permissions=[EffectivePermissions.Permission(resource="orders", action="read", role_id="3")],
            metadata='{"department":"sales"}',
        )
        subject = subject_of(answer)
        assert (subject["username"], subject["roles"], subject["groups"]) == ("ada", ["clerk"], ["/sales"])
        assert (subject["permissions"], subject["attributes"]) == (["orders:read"], {"department": "sales"})

    def test_cannot_be_overridden_by_the_context(self) -> None:
        told = attributes(context={"subject": {"id": "2"}})
        assert told["subject"] == {"id": "1"}
        assert told["environment"]["attributes"] == {"subject": {"id": "2"}}


class TestResource:
    def test_type_and_id_are_those_of_the_question(self) -> None:
        context = {"resource": {"type": "x", "id": "x", "owner_id": "7", "attributes": {"colour": "red"}}}
        told = attributes(context=context)["resource"]
        assert told == {"type": "orders", "id": "42", "owner_id": "7", "attributes": {"colour": "red"}}

    def test_without_an_id_there_is_none(self) -> None:
        assert attributes("orders", {"resource": {"id": "x"}})["resource"] == {"type": "orders"}


class TestEnvironment:
    def test_the_time_is_ours(self) -> None:
        told = attributes(context={"environment": {"time": "1999-01-01T00:00:00Z"}})["environment"]
        assert told == {"time": "2026-01-31T09:00:00+00:00", "attributes": {}}

    def test_loose_members_are_attributes(self) -> None:
        context = {"tier": "gold", "ip_address": "192.0.2.7", "environment": {"attributes": {"tier": "silver"}}}
        told = attributes(context=context)["environment"]
        assert told["ip_address"] == "192.0.2.7"
        assert told["attributes"]["tier"] == "silver"

    def test_members_of_another_kind_than_expected_do_no_harm(self) -> None:
        told = attributes(context={"resource": "a", "environment": ["b"]})
        assert told["resource"] == {"type": "orders", "id": "42"}
        assert told["environment"]["attributes"] == {"resource": "a", "environment": ["b"]}
