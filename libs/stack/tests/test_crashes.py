"""Whatever dies is started again; whatever dies above it, nothing is left behind."""

import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from vaultaris_stack.doctor import diagnose
from vaultaris_stack.local import LocalStack
from vaultaris_stack.paths import DataDirectory

Eventually = Callable[[Callable[[], bool]], None]


def _alive(pid: int) -> bool:
    """Whether a process runs; a zombie does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def _pids(stack: LocalStack) -> dict[str, int]:
    return {row.name: row.pid for row in stack.status().processes if row.pid is not None}


class TestCrashOfAPart:
    @pytest.mark.parametrize("name", ["auth", "edge", "envoy", "nats", "valkey", "postgres"])
    def test_is_started_again_by_itself(self, stack: LocalStack, eventually: Eventually, name: str) -> None:
        before = stack.status()
        stack.kill_part(name)

        def is_back() -> bool:
            row = stack.status().row(name)
            return row.restarts > before.row(name).restarts and row.ready

        eventually(is_back)
        after = stack.status()
        assert after.row(name).pid != before.row(name).pid
        others = [row for row in before.processes if row.name != name]
        assert all(after.row(row.name).pid == row.pid for row in others)


class TestCrashOfTheZygote:
    def test_takes_its_children_along_and_brings_them_back(self, stack: LocalStack, eventually: Eventually) -> None:
        before = _pids(stack)
        os.kill(before["zygote"], signal.SIGKILL)
        eventually(lambda: not any(_alive(before[name]) for name in ("zygote", "auth", "directory", "edge")))
        eventually(lambda: stack.status().ready)
        assert stack.status().row("auth").restarts > 0


class TestRestartOfTheZygote:
    def test_loads_the_services_anew(self, stack: LocalStack) -> None:
        before = _pids(stack)
        stack.restart_part("zygote")
        after = _pids(stack)
        assert stack.status().ready
        assert not {before[name] for name in ("zygote", "auth", "edge")} & set(after.values())
        assert before["postgres"] == after["postgres"]


class TestCrashOfTheSupervisor:
    def test_leaves_no_process_and_no_damage(self, stack: LocalStack, eventually: Eventually) -> None:
        pids = _pids(stack)
        log = stack.data / "logs" / "postgres.log"
        written = len(log.read_text(encoding="utf-8"))
        os.kill(pids["supervisor"], signal.SIGKILL)
        eventually(lambda: not any(_alive(pid) for pid in pids.values()))
        assert not stack.status().running
        problems = [finding.problem for finding in diagnose(DataDirectory(stack.data), stack.port, {})]
        assert len(problems) == 1
        assert "it was killed" in problems[0]
        stack.start()
        assert stack.status().ready
        assert "was not properly shut down" not in log.read_text(encoding="utf-8")[written:]

    def test_started_again_at_once_it_waits_for_the_end_of_the_old(self, stack: LocalStack) -> None:
        os.kill(_pids(stack)["supervisor"], signal.SIGKILL)
        stack.start()
        assert stack.status().ready
