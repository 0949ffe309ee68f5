"""A backup of a stack that goes on serving, restored into another folder."""

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.world import Api, Company
from tests.eventually import eventually
from vaultaris_stack.local import LocalStack


def _command(*words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-P", "-m", "vaultaris_stack", *words]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=110)


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """PostgreSQL may run as another user, who must be able to walk to its data."""
    for each in (tmp_path, *tmp_path.parents):
        if each.name.startswith(("pytest-", "popen-")) or each == tmp_path:
            each.chmod(0o755)
    return tmp_path


@pytest.fixture
def restored(stack: LocalStack, place: Path) -> Iterator[LocalStack]:
    """A stack on the folder that `vaultaris restore` makes; it answers for the address of the first."""
    second = LocalStack(place / "restored", environ=stack.environ | {"EXTERNAL_URL": stack.url})
    try:
        yield second
    finally:
        second.stop()


async def _write_on(company: Company, written: list[dict[str, Any]], stop: asyncio.Event) -> None:
    while not stop.is_set():
        written.append(await company.add_user())


class TestBackup:
    async def test_brings_back_the_last_acknowledged_write(
        self, stack: LocalStack, company: Company, place: Path, restored: LocalStack
    ) -> None:
        leaver = await company.add_user()
        revoked = await company.signed_in(leaver)
        await company.admin.delete(f"{company.path}/users/{leaver['id']}/sessions")
        before = [await company.add_user() for _ in range(3)]
        during: list[dict[str, Any]] = []
        stop = asyncio.Event()
        writing = asyncio.create_task(_write_on(company, during, stop))
        file = place / "vaultaris.backup"

        done = await asyncio.to_thread(_command, "backup", str(file), "--data", str(stack.data))
        stop.set()
        await writing
        assert done.returncode == 0, done.stderr
        assert file.stat().st_mode & 0o077 == 0
        done = await asyncio.to_thread(_command, "restore", str(file), "--data", str(restored.data))
        assert done.returncode == 0, done.stderr
        await asyncio.to_thread(restored.start)

        admin = Api(restored.url, company.admin.token)
        for user in before:
            assert (await admin.get(f"{company.path}/users/{user['id']}"))["data"]["username"] == user["username"]
        found = [(await admin.call("GET", f"{company.path}/users/{user['id']}")).status_code for user in during]
        assert found == sorted(found), "what was written during the backup is there up to one moment"
        assert (await Api(restored.url, revoked.token).call("GET", f"{company.path}/users")).status_code == 401
        await self._trail_is_whole(admin, company, [user["id"] for user in before])

    async def _trail_is_whole(self, admin: Api, company: Company, wanted: list[str]) -> None:
        async def missing() -> list[str]:
            page = await admin.get(f"{company.path}/audit", action="user.created", per_page=100)
            held = {entry["resource_id"] for entry in page["data"]}
            return [each for each in wanted if each not in held]

        await eventually(missing, lambda left: left == [], within=30)
        assert (await admin.get(f"{company.path}/audit/verify"))["data"]["valid"] is True

    def test_restores_over_nothing(self, stack: LocalStack, place: Path) -> None:
        done = _command("restore", str(place / "none"), "--data", str(stack.data))
        assert (done.returncode, "exists already" in done.stderr) == (1, True)

    def test_refuses_what_is_no_backup(self, place: Path) -> None:
        file, data = place / "file", place / "data"
        file.write_bytes(b"not a backup" * 1000)
        done = _command("restore", str(file), "--data", str(data))
        assert (done.returncode, "not a backup" in done.stderr) == (1, True)
        assert not data.exists()
        assert list(place.iterdir()) == [file]

    def test_needs_a_running_stack(self, place: Path) -> None:
        done = _command("backup", str(place / "file"), "--data", str(place / "data"))
        assert (done.returncode, "Nothing runs" in done.stderr) == (1, True)
        assert list(place.iterdir()) == []
