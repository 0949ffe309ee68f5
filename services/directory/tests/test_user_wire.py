"""Users as JSON without a model: the same as with one, for every kind of row."""

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from sqlalchemy import inspect

from services.directory.tests.directory_harness import PASSWORD, Directory, Tenant
from vaultaris_directory.users.inserting import new_user
from vaultaris_directory.users.models import User
from vaultaris_directory.users.schemas import UserOut, user_out
from vaultaris_directory.users.wire import shown
from vaultaris_kit.ids import new_id

FIELDS = {"username": "Ada", "email": "Ada@Example.com", "meta": {"a": [1, None, "ü"]}}
LOCKS = [None, datetime.now(UTC) + timedelta(hours=1), datetime(2020, 1, 1, tzinfo=UTC)]


class TestWire:
    @pytest.mark.parametrize("locked_until", LOCKS)
    def test_it_is_what_the_schema_says(self, locked_until: datetime | None) -> None:
        row = new_user(new_id(), FIELDS, None) | {
            "failed_login_attempts": 3,
            "lockouts": 1,
            "locked_until": locked_until,
        }
        names = {attribute.columns[0].name: attribute.key for attribute in inspect(User).column_attrs}
        modelled = user_out(User(**{names[name]: value for name, value in row.items()}))
        told: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(shown(row)))
        assert told == msgspec.json.decode(modelled.model_dump_json(by_alias=True))
        assert UserOut.model_validate({**told, "meta": told["metadata"]})

    async def test_get_list_create_and_update_answer_alike(self, tenant: Tenant) -> None:
        created = await tenant.user(password=PASSWORD, metadata={"a": {"b": [1]}}, phone="+49 1234")
        got = (await tenant.admin.get(f"{tenant.path}/users/{created['id']}"))["data"]
        (listed,) = (await tenant.admin.get(f"{tenant.path}/users", search=created["username"]))["data"]
        updated = await tenant.admin.update(f"{tenant.path}/users/{created['id']}", {"first_name": None})
        assert created == got == listed == updated

    async def test_a_clash_says_which_field(self, directory: Directory, tenant: Tenant) -> None:
        user = await tenant.user()
        cases = {
            "The username is taken": {"username": user["username"].upper(), "email": "x@tenant.test"},
            "The email is taken": {"username": "x", "email": user["email"].upper()},
            "The username is another": {"username": user["email"], "email": "y@tenant.test"},
        }
        for told, body in cases.items():
            refused = await tenant.admin.expect(409, "POST", f"{tenant.path}/users", body)
            assert refused["message"].startswith(told)
        assert len(await directory.events(tenant.id, "user.created")) == 1
