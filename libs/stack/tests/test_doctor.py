"""Every fault is found, with the words that mend it."""

import os
import shutil
import socket
from pathlib import Path

import pytest

from vaultaris_stack.doctor import diagnose
from vaultaris_stack.errors import StackError
from vaultaris_stack.health import Finding, require_sound
from vaultaris_stack.paths import DataDirectory
from vaultaris_stack.ports import free_port
from vaultaris_stack.secrets import load_secrets


@pytest.fixture
def data(tmp_path: Path) -> DataDirectory:
    """A directory as a stack leaves it, with a cluster in name only."""
    directory = DataDirectory(tmp_path / "data")
    directory.create()
    load_secrets(directory)
    directory.postgres.mkdir()
    (directory.postgres / "PG_VERSION").write_text("18\n", encoding="ascii")
    if os.geteuid() == 0:
        shutil.chown(directory.postgres, "nobody")
    return directory


def _findings(data: DataDirectory, port: int | None = None, **user: str) -> list[Finding]:
    return list(diagnose(data, port or free_port(), user))


def _only(findings: list[Finding]) -> Finding:
    assert len(findings) == 1, findings
    return findings[0]


class TestSoundDirectory:
    def test_has_no_findings(self, data: DataDirectory) -> None:
        assert _findings(data) == []

    def test_that_does_not_exist_yet_has_none(self, tmp_path: Path) -> None:
        assert _findings(DataDirectory(tmp_path / "new")) == []


class TestPort:
    def test_taken(self, data: DataDirectory) -> None:
        with socket.create_server(("127.0.0.1", 0)) as other:
            port = other.getsockname()[1]
            found = _only(_findings(data, port))
        assert found.problem == f"Port {port} is taken by another program."
        assert f"--port {port + 1}" in found.fix


class TestRemains:
    def test_stale_record(self, data: DataDirectory) -> None:
        data.record.write_text('{"pid": 1, "url": "http://127.0.0.1:1", "control": "/nowhere"}', encoding="utf-8")
        assert "supervisor (1) that does not run" in _only(_findings(data)).problem


class TestSecrets:
    def test_missing(self, data: DataDirectory) -> None:
        (data.secrets / "encryption_key").unlink()
        found = _only(_findings(data))
        assert "encryption_key is missing" in found.problem
        assert "backup" in found.fix

    def test_garbled(self, data: DataDirectory) -> None:
        (data.secrets / "nats_password").write_text("not a secret", encoding="utf-8")
        found = _only(_findings(data))
        assert "nats_password is garbled" in found.problem
        assert f"rm {data.secrets / 'nats_password'}" in found.fix

    def test_open_to_others(self, data: DataDirectory) -> None:
        (data.secrets / "jwt_secret").chmod(0o644)
        found = _only(_findings(data))
        assert "is open to other users (mode 644)" in found.problem
        assert f"chmod 600 {data.secrets / 'jwt_secret'}" in found.fix


class TestCluster:
    def test_is_none(self, data: DataDirectory) -> None:
        (data.postgres / "PG_VERSION").unlink()
        found = _only(_findings(data))
        assert "does not hold a PostgreSQL cluster" in found.problem
        assert f"mv {data.postgres}" in found.fix

    def test_of_another_version(self, data: DataDirectory) -> None:
        (data.postgres / "PG_VERSION").write_text("15\n", encoding="ascii")
        found = _only(_findings(data))
        assert "made by PostgreSQL 15, but 18 is installed" in found.problem
        assert "Dump" in found.fix

    def test_of_another_user(self, data: DataDirectory) -> None:
        if os.geteuid() != 0:
            pytest.fail("this test changes owners, which only root may")
        os.chown(data.postgres, 12345, -1)
        found = _only(_findings(data))
        assert "belongs to user 12345" in found.problem
        assert "chown -R" in found.fix

    def test_is_not_looked_at_when_another_database_is_used(self, data: DataDirectory) -> None:
        (data.postgres / "PG_VERSION").unlink()
        with socket.create_server(("127.0.0.1", 0)) as database:
            address = f"127.0.0.1:{database.getsockname()[1]}"
            assert _findings(data, DATABASE_URL=f"postgresql://owner:x@{address}/main") == []


class TestExternals:
    def test_nobody_answers(self, data: DataDirectory) -> None:
        port = free_port()
        found = _only(_findings(data, NATS_URL=f"nats://user:secret@127.0.0.1:{port}"))
        assert found.problem.startswith(f"NATS_URL names 127.0.0.1:{port}, which does not answer")
        assert "unset NATS_URL" in found.fix
        assert "secret" not in found.problem

    @pytest.mark.parametrize("scheme", ["redis+cluster", "sentinel"])
    def test_each_piece_is_asked(self, data: DataDirectory, scheme: str) -> None:
        away = free_port()
        with socket.create_server(("127.0.0.1", 0)) as node:
            hosts = f"127.0.0.1:{node.getsockname()[1]},127.0.0.1:{away}"
            found = _only(_findings(data, REDIS_URL=f"{scheme}://user:secret@{hosts}/0"))
        assert found.problem.startswith(f"REDIS_URL names 127.0.0.1:{away}, which does not answer")

    def test_each_server_of_nats_is_asked(self, data: DataDirectory) -> None:
        one, two = free_port(), free_port()
        findings = _findings(data, NATS_URL=f"nats://a:b@127.0.0.1:{one},nats://a:b@127.0.0.1:{two}")
        assert [f"127.0.0.1:{port}," in found.problem for found, port in zip(findings, (one, two), strict=True)] == [
            True,
            True,
        ]

    def test_none_at_all_is_no_fault(self, data: DataDirectory) -> None:
        assert _findings(data, REDIS_URL="") == []


class TestDirectory:
    def test_is_a_file(self, tmp_path: Path) -> None:
        (tmp_path / "data").write_text("", encoding="utf-8")
        assert "is not a folder" in _only(_findings(DataDirectory(tmp_path / "data"))).problem


class TestRequireSound:
    def test_refuses_with_problem_and_fix(self, data: DataDirectory) -> None:
        (data.secrets / "jwt_secret").chmod(0o640)
        with pytest.raises(StackError, match=r"open to other users[\s\S]*chmod 600"):
            require_sound(data, {})
