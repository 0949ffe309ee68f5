"""Exporting users: everything that can be imported again, nothing that a spreadsheet would run, no secrets."""

import csv
import io
import json
from typing import Any

from services.directory.tests.directory_harness import PASSWORD, Directory, Tenant


async def export(tenant: Tenant, **query: Any) -> str:
    answer = await tenant.admin.call("GET", f"{tenant.path}/users/export", params=query)
    assert answer.status_code == 200, answer.text
    return answer.text


class TestExport:
    async def test_lines_pages_and_filters(self, directory: Directory, tenant: Tenant) -> None:
        body = "".join(f'{{"username": "u{n}", "email": "u{n}@export.test"}}\n' for n in range(1_100))
        await tenant.admin.call(
            "POST", f"{tenant.path}/users/import", content=body, headers={"Content-Type": "application/x-ndjson"}
        )
        odd = await tenant.user(status="suspended", password=PASSWORD)
        lines = [json.loads(line) for line in (await export(tenant)).splitlines()]
        assert len({line["id"] for line in lines}) == len(lines) == 1_101
        (only,) = [json.loads(line) for line in (await export(tenant, status="suspended")).splitlines()]
        assert only["username"] == odd["username"]
        assert "password" not in json.dumps(lines)
        (event, *_) = await directory.events(tenant.id, "user.exported")
        assert event.metadata == {"format": "ndjson"}

    async def test_what_is_exported_can_be_imported(self, directory: Directory, tenant: Tenant) -> None:
        role, parent = await tenant.role(name="clerk; senior"), await tenant.group(name="sales")
        group = await tenant.group(parent, name="berlin")
        user = await tenant.user(phone="+49 40 123", display_name="=cmd|x", first_name="'quoted", metadata={"a": [1]})
        await tenant.give(user, role)
        await tenant.admin.add(f"{tenant.path}/users/{user['id']}/groups", {"group_id": group["id"]})
        for kind, media in (("csv", "text/csv"), ("ndjson", "application/x-ndjson")):
            other = await directory.tenant()
            await other.role(name="clerk; senior")
            await other.group(await other.group(name="sales"), name="berlin")
            answer = await other.admin.call(
                "POST", f"{other.path}/users/import", content=(await export(tenant, format=kind)).encode(),
                headers={"Content-Type": media},
            )  # fmt: skip
            assert answer.json()["data"]["created"] == 1, answer.text
            here, there = [json.loads(await export(each)) for each in (tenant, other)]
            for changing in ("id", "created_at", "updated_at"):
                del here[changing], there[changing]
            assert here == there
            assert here["groups"] == ["/sales/berlin"]

    async def test_no_cell_is_a_formula(self, tenant: Tenant) -> None:
        for index, start in enumerate(("=1+1", "+1", "-1", "@SUM(A1)", "'=1")):
            await tenant.user(display_name=start, last_name=f"n{index}")
        rows = list(csv.DictReader(io.StringIO(await export(tenant, format="csv"))))
        assert [row["display_name"] for row in rows] == ["'=1+1", "'+1", "'-1", "'@SUM(A1)", "''=1"]
        assert not [cell for row in rows for cell in row.values() if cell.startswith(("=", "+", "-", "@"))]

    async def test_the_format_follows_accept(self, tenant: Tenant) -> None:
        answer = await tenant.admin.call("GET", f"{tenant.path}/users/export", headers={"Accept": "text/csv, */*"})
        assert answer.headers["content-type"].startswith("text/csv")
        assert answer.headers["content-disposition"] == 'attachment; filename="users.csv"'

    async def test_head_hands_out_nothing_and_puts_nothing_on_record(
        self, directory: Directory, tenant: Tenant
    ) -> None:
        answer = await tenant.admin.call("HEAD", f"{tenant.path}/users/export", params={"format": "csv"})
        assert (answer.status_code, answer.content) == (200, b"")
        assert answer.headers["content-disposition"] == 'attachment; filename="users.csv"'
        assert not await directory.events(tenant.id, "user.exported")
