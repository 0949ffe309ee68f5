"""Importing users: what is taken, what is refused and why, and that it never takes much memory."""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from typing import Any

import bcrypt
import pytest
from argon2 import PasswordHasher

from services.directory.tests.directory_harness import PASSWORD, Api, Directory, Tenant
from tests.eventually import eventually
from tests.licence_mint import LIMIT
from vaultaris.directory.v1.directory_pb2 import VerifyPasswordRequest, VerifyPasswordResponse
from vaultaris_directory.bulk.names import Names
from vaultaris_directory.bulk.rows import read_rows
from vaultaris_kit.consistency import HEADER, events_of

NDJSON, CSV = "application/x-ndjson", "text/csv"


def lines(*rows: Any) -> bytes:
    return b"".join(row if isinstance(row, bytes) else json.dumps(row).encode() + b"\n" for row in rows)


def person(name: str, **fields: Any) -> dict[str, Any]:
    return {"username": name, "email": f"{name}@import.test", **fields}


async def load(
    api: Api, tenant: Tenant, body: bytes | AsyncIterator[bytes], kind: str = NDJSON, **query: Any
) -> dict[str, Any]:
    answer = await api.call(
        "POST", f"{tenant.path}/users/import", content=body, headers={"Content-Type": kind}, params=query
    )
    assert answer.status_code == 200, answer.text
    report: dict[str, Any] = answer.json()["data"]
    assert report["rows"] == sum(report[each] for each in ("created", "updated", "skipped", "failed"))
    return report


async def users(tenant: Tenant, **query: Any) -> list[dict[str, Any]]:
    listed: list[dict[str, Any]] = (await tenant.admin.get(f"{tenant.path}/users", **query))["data"]
    return listed


def told(report: dict[str, Any]) -> list[tuple[int, str, str]]:
    return [(each["row"], each["field"], each["code"]) for each in report["errors"]]


class TestNames:
    def test_each_that_has_come_and_no_other(self) -> None:
        names, come = Names(), [f"person{each}@import.test" for each in range(20_000)]
        for name in (*come, *come[:100]):
            names.add(name)
        assert all(name in names for name in come)
        assert not any(f"stranger{each}@import.test" in names for each in range(20_000))


class TestRows:
    async def test_good_rows_stay_when_others_fail(self, tenant: Tenant) -> None:
        there = await tenant.user()
        body = lines(
            person("ada"),
            person("bob", email="nowhere"),
            b"{broken\n",
            b"\n",
            [1],
            person("ADA", email="other@import.test"),
            person("cem", email="ada@import.test"),
            person(there["username"]),
            person("dora", email=there["username"] + "@x.test"),
            {"email": "no.name@import.test"},
            b"x" * 200_000 + b"\n",
            person("eve", status="retired", locale="!"),
            person("fay", roles=["no such role"], groups=["/none"]),
        )
        report = await load(tenant.admin, tenant, body)
        assert told(report) == [
            (2, "email", "value_error"),
            (3, "row", "bad_request"),
            (4, "row", "not_an_object"),
            (5, "username", "duplicate"),
            (6, "email", "duplicate"),
            (7, "username", "taken"),
            (9, "username", "missing"),
            (10, "row", "too_long"),
            (11, "locale", "string_pattern_mismatch"),
            (11, "status", "literal_error"),
            (12, "roles", "unknown"),
            (12, "groups", "unknown"),
        ]
        assert (report["created"], report["failed"]) == (2, 10)
        assert {user["username"] for user in await users(tenant)} >= {"ada", "dora"}
        assert {each["line"] for each in report["errors"] if each["row"] == 4} == {5}

    async def test_a_dry_run_says_the_same_and_writes_nothing(self, directory: Directory, tenant: Tenant) -> None:
        body = lines(person("ada"), person("bob", email="x"), person("ada"))
        dry = await load(tenant.admin, tenant, body, dry_run=True)
        assert await users(tenant, search="import.test") == []
        assert await directory.events(tenant.id, "user.created") == []
        real = await load(tenant.admin, tenant, body)
        assert {**dry, "dry_run": False} == real

    async def test_names_of_the_deleted_stay_taken(self, tenant: Tenant) -> None:
        gone = await tenant.user()
        await tenant.admin.expect(204, "DELETE", f"{tenant.path}/users/{gone['id']}")
        for mode in ("error", "skip", "update"):
            report = await load(tenant.admin, tenant, lines(person(gone["username"])), if_exists=mode)
            assert told(report) == [(1, "username", "taken_by_deleted")]

    async def test_every_user_has_their_event(self, directory: Directory, tenant: Tenant) -> None:
        role, group = await tenant.role(), await tenant.group()
        row = person("ada", roles=[role["name"]], groups=[group["path"]], password=PASSWORD)
        await load(tenant.admin, tenant, lines(row))
        events = await directory.events(tenant.id, "user.created", "user.role_assigned", "user.group_joined")
        made, given, joined = events
        assert made.new_value is not None
        assert made.new_value["username"] == "ada"
        assert "password" not in json.dumps(made.new_value, default=str).replace("password_changed_at", "")
        assert (given.new_value or {})["role"] == role["name"]
        assert (joined.new_value or {})["group"] == group["path"]
        one_by_one = await tenant.user()
        (single,) = [each for each in await directory.events(tenant.id, "user.created") if each.id != made.id]
        assert (single.new_value or {}).keys() == made.new_value.keys()
        assert str(single.resource_id) == one_by_one["id"]


class TestKnownUsers:
    async def test_skip(self, tenant: Tenant) -> None:
        await load(tenant.admin, tenant, lines(person("ada", first_name="Ada")))
        report = await load(tenant.admin, tenant, lines(person("ada", first_name="Eda")), if_exists="skip")
        assert (report["skipped"], report["updated"]) == (1, 0)
        assert (await users(tenant, search="ada@"))[0]["first_name"] == "Ada"

    async def test_update_merges_and_keeps_the_password(self, directory: Directory, tenant: Tenant) -> None:
        role = await tenant.role()
        await load(tenant.admin, tenant, lines(person("ada", first_name="Ada", password=PASSWORD)))
        row = person("ada", last_name="Lind", roles=[role["name"]], password="another long enough word")
        report = await load(tenant.admin, tenant, lines(row), if_exists="update")
        assert report["updated"] == 1
        (ada,) = await users(tenant, search="ada@")
        assert (ada["first_name"], ada["last_name"]) == ("Ada", "Lind")
        assert [each["name"] for each in (await tenant.admin.get(f"{tenant.path}/users/{ada['id']}/roles"))["data"]]
        again = await load(tenant.admin, tenant, lines(row), if_exists="update")
        assert (again["updated"], again["skipped"]) == (0, 1)
        assert (await signs_in(directory, tenant, "ada")).outcome == VerifyPasswordResponse.OUTCOME_VERIFIED

    async def test_an_address_of_somebody_else_is_refused(self, tenant: Tenant) -> None:
        await load(tenant.admin, tenant, lines(person("ada"), person("bob")))
        row = person("ada", email="bob@import.test")
        for mode in ("update", "error"):
            report = await load(tenant.admin, tenant, lines(row), if_exists=mode)
            assert report["failed"] == 1

    async def test_who_is_shut_out_loses_their_credentials(self, tenant: Tenant) -> None:
        user = await tenant.user()
        row = {"username": user["username"], "email": user["email"], "status": "suspended"}
        await load(tenant.admin, tenant, lines(row), if_exists="update")
        assert user["id"] in {str(revoked) for _, revoked in tenant.auth.revoked}


class TestRights:
    async def test_each_mode_needs_its_rights(self, tenant: Tenant) -> None:
        importer, _ = await tenant.person("users:import")
        await load(importer, tenant, lines(person("ada")))
        refused = await importer.call(
            "POST", f"{tenant.path}/users/import?if_exists=update", content=b"", headers={"Content-Type": NDJSON}
        )
        assert refused.status_code == 403
        reader, _ = await tenant.person("users:read")
        for method, path in (("POST", "import"), ("GET", "export")):
            assert (await reader.call(method, f"{tenant.path}/users/{path}")).status_code == 403

    async def test_nobody_gives_what_they_do_not_hold(self, tenant: Tenant) -> None:
        mighty = await tenant.role("users:delete")
        plain = await tenant.role("users:import")
        group = await tenant.group()
        await tenant.admin.add(f"{tenant.path}/groups/{group['id']}/roles", {"role_id": mighty["id"]})
        importer, _ = await tenant.person("users:import", "roles:assign", "groups:assign")
        rows = (
            person("ada", roles=[mighty["name"]]),
            person("bob", groups=[group["path"]]),
            person("cem", roles=[plain["name"]]),
        )
        report = await load(importer, tenant, lines(*rows))
        assert told(report) == [(1, "roles", "forbidden"), (2, "groups", "forbidden")]
        unassigning, _ = await tenant.person("users:import")
        report = await load(unassigning, tenant, lines(person("dora", roles=[plain["name"]])))
        assert told(report) == [(1, "roles", "forbidden")]

    async def test_somebody_mightier_keeps_their_address(self, tenant: Tenant) -> None:
        _, boss = await tenant.person("tenants:update")
        clerk, _ = await tenant.person("users:import", "users:update")
        row = {"username": boss["username"], "email": "mine@import.test"}
        report = await load(clerk, tenant, lines(row), if_exists="update")
        assert told(report) == [(1, "row", "forbidden")]

    async def test_who_loses_a_right_on_the_way_gives_nothing_more(self, tenant: Tenant) -> None:
        """Rights are looked at with each batch, and so is what a role confers."""
        role = await tenant.role("reports:read", name="reader")
        clerk, _ = await tenant.person("users:import", "roles:assign", "reports:read")
        everything = await tenant.permission("*:*")
        first_batch, may_go_on = asyncio.Event(), asyncio.Event()

        async def body() -> AsyncIterator[bytes]:
            yield lines(*(person(f"early{each}", roles=["reader"]) for each in range(250)))
            first_batch.set()
            await may_go_on.wait()
            yield lines(*(person(f"late{each}", roles=["reader"]) for each in range(5)))

        async def escalate() -> None:
            await first_batch.wait()
            await eventually(lambda: self._early(tenant), lambda count: count == 250)
            path = f"{tenant.path}/roles/{role['id']}/permissions"
            await tenant.admin.add(path, {"permission_id": everything["id"]})
            may_go_on.set()

        report, _ = await asyncio.gather(load(clerk, tenant, body()), escalate())
        assert (report["created"], report["failed"]) == (250, 5)
        assert {code for _, _, code in told(report)} == {"forbidden"}

    async def _early(self, tenant: Tenant) -> int:
        return int((await tenant.admin.get(f"{tenant.path}/users", search="early"))["total"])

    async def test_the_answer_has_a_token_of_the_write(self, tenant: Tenant) -> None:
        for count, is_dry, has_token in ((40, True, False), (40, False, True)):
            answer = await tenant.admin.call(
                "POST", f"{tenant.path}/users/import", content=lines(*(person(f"p{each}") for each in range(count))),
                headers={"Content-Type": NDJSON}, params={"dry_run": is_dry},
            )  # fmt: skip
            assert (HEADER in answer.headers) is has_token
        assert not events_of(answer.headers[HEADER])[1], "it names the last event alone"

    async def test_another_tenant_is_closed(self, directory: Directory, tenant: Tenant) -> None:
        other = await directory.tenant()
        importer, _ = await tenant.person("users:import", "users:export")
        for method, path in (("POST", "import"), ("GET", "export")):
            assert (await importer.call(method, f"{other.path}/users/{path}")).status_code == 403


class TestLicence:
    async def test_the_limit_is_met_exactly(self, licensed: Directory) -> None:
        tenant = await licensed.tenant()
        rows = lines(*(person(f"u{number}") for number in range(LIMIT + 2)))
        for dry_run in (True, False):
            report = await load(tenant.admin, tenant, rows, dry_run=dry_run)
            assert (report["created"], report["failed"]) == (LIMIT, 2)
            assert {each["code"] for each in report["errors"]} == {"license_limit_exceeded"}
        assert (await tenant.admin.get(f"{tenant.path}/users"))["total"] == LIMIT


async def signs_in(
    directory: Directory, tenant: Tenant, login: str, password: str = PASSWORD
) -> VerifyPasswordResponse:
    request = VerifyPasswordRequest(tenant_id=str(tenant.id), login=login, password=password, client_id="app")
    return await directory.stub.VerifyPassword(request)


class TestPasswords:
    async def test_hashes_from_elsewhere_work_and_are_renewed_at_sign_in(
        self, directory: Directory, tenant: Tenant
    ) -> None:
        hashes = {
            "argon": PasswordHasher(time_cost=1, memory_cost=64, parallelism=1).hash(PASSWORD),
            "crypt": bcrypt.hashpw(PASSWORD.encode(), bcrypt.gensalt(4)).decode(),
        }
        rows = [person(name, password_hash=value) for name, value in hashes.items()]
        assert (await load(tenant.admin, tenant, lines(*rows)))["created"] == 2
        for name, before in hashes.items():
            wrong = await signs_in(directory, tenant, name, "something else")
            assert wrong.outcome == VerifyPasswordResponse.OUTCOME_REFUSED
            right = await signs_in(directory, tenant, name)
            assert right.outcome == VerifyPasswordResponse.OUTCOME_VERIFIED
            (row,) = await directory.as_owner(
                "SELECT password_hash FROM directory.users WHERE tenant_id = $1 AND username = $2", tenant.id, name
            )
            assert row["password_hash"] != before
            assert row["password_hash"].startswith("$argon2id$v=19$m=19456,")

    @pytest.mark.parametrize(
        "value",
        [
            "plain",
            "$argon2i$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21l$aGFzaGhhc2hoYXNoaGFzaGhhc2hoYXNoaGFzaGhhc2g",
            "$argon2id$v=19$m=9999999,t=2,p=1$c29tZXNhbHRzb21l$aGFzaGhhc2hoYXNoaGFzaGhhc2hoYXNoaGFzaGhhc2g",
            "$argon2id$v=19$m=19456,t=999,p=1$c29tZXNhbHRzb21l$aGFzaGhhc2hoYXNoaGFzaGhhc2hoYXNoaGFzaGhhc2g",
            "$2b$31$" + "a" * 53,
        ],
    )
    async def test_hashes_that_would_be_a_burden_are_refused(self, tenant: Tenant, value: str) -> None:
        report = await load(tenant.admin, tenant, lines(person("ada", password_hash=value)))
        assert told(report) == [(1, "password_hash", "value_error")]

    async def test_the_policy_holds(self, tenant: Tenant) -> None:
        report = await load(tenant.admin, tenant, lines(person("ada", password="short")))
        assert (1, "password", "too_short") in told(report)


class TestCsv:
    async def test_columns_quotes_and_line_ends(self, tenant: Tenant) -> None:
        role = await tenant.role()
        body = (
            "\ufeffusername,email,display_name,email_verified,metadata,roles,id\r\n"
            f'ada,ada@import.test,"Lind, ""Ada""\nof Kiel",true,"{{""n"": 1}}",{role["name"]},ignored\r\n'
            "\r\n"
            "bob,bob@import.test,,,,,\r\n"
            "cem,cem@import.test,too,few\r\n"
            "dora,dora@import.test,,maybe,{,,\n"
        ).encode()
        report = await load(tenant.admin, tenant, body, CSV)
        assert told(report) == [(3, "row", "cells"), (4, "metadata", "malformed")]
        ada = (await users(tenant, search="ada@"))[0]
        assert ada["display_name"] == 'Lind, "Ada"\nof Kiel'
        assert (ada["email_verified"], ada["metadata"]) == (True, {"n": 1})
        assert {each["line"] for each in report["errors"]} == {6, 7}

    async def test_a_quote_that_stays_open_is_told_and_ends_with_its_row(self, tenant: Tenant) -> None:
        body = b"username,email\nada,ada@import.test\n" + b'"' + b"\n" * 140_000 + b'x"\nbob,bob@import.test\n'
        report = await load(tenant.admin, tenant, body, CSV, dry_run=True)
        assert report["created"] == 1
        assert told(report)[0] == (2, "row", "too_long")

    async def test_a_quote_that_stays_open_costs_no_more_than_its_bytes(self) -> None:
        """Put together anew with each line, a long record would cost the square of its length."""
        blank = await self._seconds(b"\n" * 500_000)
        assert await self._seconds((b'"' + b"\n" * 125_000) * 4) < 4 * blank

    async def _seconds(self, body: bytes) -> float:
        async def chunks() -> AsyncIterator[bytes]:
            yield b"username,email\n" + body

        started = time.process_time()
        async for _ in read_rows(chunks(), "csv"):
            pass
        return time.process_time() - started

    @pytest.mark.parametrize(
        ("header", "code"),
        [
            ("username,emial", "unknown_column"),
            ("username", "missing_column"),
            ("username,email,email", "column_twice"),
        ],
    )
    async def test_a_header_that_can_not_be_meant_stops_everything(
        self, tenant: Tenant, header: str, code: str
    ) -> None:
        answer = await tenant.admin.call(
            "POST", f"{tenant.path}/users/import", content=f"{header}\na,b\n".encode(), headers={"Content-Type": CSV}
        )
        assert answer.status_code == 422
        assert answer.json()["details"][0]["code"] == code

    @pytest.mark.parametrize("metadata", ['{"a": "\\u0000"}', "[" * 100 + "]" * 100, "[" * 3000])
    async def test_a_cell_of_json_is_held_to_what_bodies_are(self, tenant: Tenant, metadata: str) -> None:
        quoted = metadata.replace('"', '""')
        body = f'username,email,metadata\nada,ada@import.test,"{quoted}"\nbob,bob@import.test,\n'.encode()
        report = await load(tenant.admin, tenant, body, CSV)
        assert (told(report), report["created"]) == ([(1, "metadata", "malformed")], 1)

    async def test_other_media_types(self, tenant: Tenant) -> None:
        assert (await tenant.admin.call("POST", f"{tenant.path}/users/import", json={})).status_code == 415


class TestMemory:
    async def test_twenty_megabytes_leave_no_trace(self, directory: Directory, tenant: Tenant) -> None:
        """The process may grow by less than what it was sent."""
        padding = "x" * 9_000

        async def body() -> AsyncIterator[bytes]:
            for number in range(2_200):
                yield lines(person(f"m{number}", email=f"m{number}", metadata={"padding": padding}))

        async def resident() -> float:
            text = (await directory.http.get("/metrics")).text
            (line,) = (each for each in text.splitlines() if each.startswith("process_resident_memory_bytes "))
            return float(line.split()[1]) / 1024 / 1024

        await load(tenant.admin, tenant, lines(*(person(f"w{number}") for number in range(500))))
        before = await resident()
        answer = await tenant.admin.call(
            "POST", f"{tenant.path}/users/import", content=body(), headers={"Content-Type": NDJSON}
        )
        report = answer.json()["data"]
        assert (report["failed"], len(report["errors"]), report["errors_omitted"]) == (2_200, 1_000, 1_200)
        assert await resident() - before < 15
