"""A running stack: what each process is given, what everybody on the machine can see of it, how it is asked."""

import json
import subprocess
import sys
from pathlib import Path

import asyncpg
import httpx
import pytest

from vaultaris_stack.errors import StackError
from vaultaris_stack.local import LocalStack
from vaultaris_stack.status import Status


def _answer(url: str) -> dict[str, object]:
    answer: dict[str, object] = httpx.get(url).json()
    return answer


def _command(stack: LocalStack, *words: str) -> subprocess.CompletedProcess[str]:
    line = [sys.executable, "-m", "vaultaris_stack", *words, "--data", str(stack.data)]
    return subprocess.run(line, capture_output=True, text=True, check=False, timeout=60)


class TestStatus:
    def test_names_every_process_with_its_memory(self, stack: LocalStack) -> None:
        status = stack.status()
        assert status.ready
        assert status.url == stack.url
        names = {row.name for row in status.processes}
        assert names == {
            "supervisor", "zygote", "envoy", "auth", "directory", "edge", "nats", "valkey", "postgres"
        }  # fmt: skip
        assert all(row.ready and row.pid and row.memory and not row.restarts for row in status.processes)

    def test_command_prints_the_same(self, stack: LocalStack) -> None:
        done = _command(stack, "status", "--json")
        assert done.returncode == 0
        printed = json.loads(done.stdout)
        assert {row["pid"] for row in printed["processes"]} == {row.pid for row in stack.status().processes}

    def test_python_processes_stay_small(self, stack: LocalStack) -> None:
        """The stack's own share of the memory budget, without what real services import."""
        own = sum(stack.status().row(name).memory or 0 for name in ("supervisor", "zygote"))
        assert own < 60 * 1024 * 1024


class TestEnvironment:
    def test_service_knows_itself_and_the_others(self, stack: LocalStack) -> None:
        environ, edge = stack.environ_of("auth"), stack.environ_of("edge")
        assert environ["DEV"] == "true"
        assert environ["SERVER_HOST"] == "127.0.0.1"
        assert environ["AUTH_HTTP"] == edge["AUTH_HTTP"] == f"127.0.0.1:{environ['SERVER_PORT']}"
        assert environ["AUTH_GRPC"] == edge["AUTH_GRPC"] == f"127.0.0.1:{environ['GRPC_PORT']}"
        assert environ["EXTERNAL_URL"] == environ["JWT_ISSUER"] == stack.url
        assert len(environ["ENCRYPTION_KEY"]) == 32

    def test_services_cannot_work_as_the_owner(self, stack: LocalStack) -> None:
        assert "MIGRATION_DATABASE_URL" not in stack.environ_of("auth")
        assert "DATABASE_SERVICE_PASSWORD" not in stack.environ_of("auth")
        assert "DATABASE_URL" not in stack.environ_of("edge")

    async def test_database_takes_the_service_under_its_own_role(self, stack: LocalStack) -> None:
        connection = await asyncpg.connect(stack.environ_of("auth")["DATABASE_URL"])
        try:
            assert await connection.fetchval("SELECT current_user") == "vaultaris_auth"
            assert not await connection.fetchval("SELECT usesuper FROM pg_user WHERE usename = current_user")
        finally:
            await connection.close()

    async def test_owner_is_no_superuser(self, stack: LocalStack) -> None:
        connection = await asyncpg.connect(stack.environ_of("migrate")["MIGRATION_DATABASE_URL"])
        try:
            assert not await connection.fetchval("SELECT usesuper FROM pg_user WHERE usename = current_user")
            assert await connection.fetchval("SHOW synchronous_commit") == "on"
        finally:
            await connection.close()

    def test_unknown_service_is_refused(self, stack: LocalStack) -> None:
        with pytest.raises(StackError, match="No service is named 'nobody'"):
            stack.environ_of("nobody")


class TestPrivacy:
    def test_no_secret_on_any_command_line(self, stack: LocalStack) -> None:
        secrets = {
            path.read_bytes() for path in (stack.data / "secrets").iterdir() if path.is_file() and path.name != "tls"
        }
        lines = [path.read_bytes() for path in Path("/proc").glob("[0-9]*/cmdline") if path.exists()]
        assert secrets
        assert not [line for line in lines for secret in secrets if secret in line]

    def test_secrets_sockets_and_logs_are_closed_to_others(self, stack: LocalStack) -> None:
        for folder in ("secrets", "run", "logs"):
            for path in ((stack.data / folder), *(stack.data / folder).rglob("*")):
                assert path.stat().st_mode & 0o077 == 0, path

    def test_everything_listens_on_loopback_only(self, stack: LocalStack) -> None:
        ports = {row.port for row in stack.status().processes if row.port}
        listening = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
        ours = [fields[1].split(":") for fields in listening if fields[3] == "0A"]
        hosts = {host for host, port in ours if int(port, 16) in ports}
        assert hosts == {"0100007F"}


class TestForking:
    def test_services_share_one_parent(self, stack: LocalStack) -> None:
        zygote = stack.status().row("zygote").pid
        answer = _answer(f"{stack.url}/who")
        assert answer["parent"] == zygote
        assert answer["pid"] == stack.status().row("edge").pid

    def test_processes_lead_sessions_of_their_own(self, stack: LocalStack) -> None:
        for row in stack.status().processes:
            fields = Path(f"/proc/{row.pid}/stat").read_text().rpartition(")")[2].split()
            assert int(fields[3]) == row.pid, row.name


class TestCommands:
    def test_second_up_says_that_one_runs(self, stack: LocalStack) -> None:
        with pytest.raises(StackError, match=r"A stack already runs on .* at http"):
            stack.start()
        assert stack.status().ready

    def test_migrate_runs_again(self, stack: LocalStack) -> None:
        done = _command(stack, "migrate")
        assert (done.returncode, done.stdout) == (0, "The schemas are up to date.\n")

    def test_logs_show_what_a_service_wrote(self, stack: LocalStack) -> None:
        _answer(f"{stack.url}/a-path-to-find")
        done = _command(stack, "logs", "edge")
        assert "request" in done.stdout
        assert "path=/a-path-to-find" in done.stdout

    def test_logs_of_nobody(self, stack: LocalStack) -> None:
        done = _command(stack, "logs", "nobody")
        assert done.returncode == 1
        assert "there are auth," in done.stderr

    def test_doctor_finds_nothing(self, stack: LocalStack) -> None:
        done = _command(stack, "doctor")
        assert (done.returncode, done.stdout) == (0, "✓ Nothing is wrong.\n")

    def test_stopped_part_stays_down_until_started(self, stack: LocalStack) -> None:
        stack.stop_part("valkey")
        down: Status = stack.status()
        assert not down.ready
        assert down.row("valkey").pid is None
        stack.start_part("valkey")
        assert stack.status().ready
        assert stack.status().row("valkey").restarts == 0

    def test_zygote_takes_the_services_along_and_brings_them_back(self, stack: LocalStack) -> None:
        stack.stop_part("zygote")
        assert {row.name for row in stack.status().processes if row.pid is None} == {
            "zygote", "auth", "directory", "edge"
        }  # fmt: skip
        stack.start_part("zygote")
        assert stack.status().ready

    def test_unknown_part_is_refused(self, stack: LocalStack) -> None:
        with pytest.raises(StackError, match="No part is named 'nobody'; there are envoy, zygote, auth"):
            stack.stop_part("nobody")
