"""Starting and stopping: first and later, side by side, with external parts, and what a failure says."""

import json
import os
import pty
import select
import socket
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from vaultaris_stack.errors import StackError
from vaultaris_stack.local import LocalStack

MakeStack = Callable[..., LocalStack]
Eventually = Callable[[Callable[[], bool]], None]


class TestStart:
    def test_second_start_keeps_data_secrets_and_ports(self, make_stack: MakeStack) -> None:
        stack = make_stack()
        stack.start()
        before = stack.environ_of("auth")
        stack.stop()
        assert not stack.status().running
        stack.start()
        assert stack.environ_of("auth") == before
        stack.stop()

    def test_two_run_side_by_side(self, make_stack: MakeStack) -> None:
        stacks = [make_stack(), make_stack()]
        starts = [threading.Thread(target=stack.start) for stack in stacks]
        for start in starts:
            start.start()
        for start in starts:
            start.join()
        ports = [row.port for stack in stacks for row in stack.status().processes if row.port]
        assert all(stack.status().ready for stack in stacks)
        assert len(ports) == len(set(ports))
        for stack in stacks:
            stack.stop()

    def test_long_path_is_no_obstacle(self, make_stack: MakeStack, tmp_path: Path) -> None:
        """A Unix socket's path has room for 107 bytes."""
        folder = tmp_path / ("long" * 30)
        folder.mkdir()
        stack = make_stack(folder=folder)
        stack.start()
        assert stack.status().ready
        sockets = Path(json.loads((stack.data / "run" / "stack.json").read_text())["control"]).parent
        assert sockets.stat().st_mode & 0o077 == 0
        stack.stop()
        assert not sockets.exists()

    def test_external_parts_replace_embedded_ones(self, make_stack: MakeStack) -> None:
        owner, other = make_stack(), make_stack()
        owner.start()
        environ = owner.environ_of("auth") | owner.environ_of("migrate")
        for name in ("MIGRATION_DATABASE_URL", "DATABASE_SERVICE_PASSWORD", "REDIS_URL", "NATS_URL"):
            other.environ[name] = environ[name]
        other.start()
        assert {row.name for row in other.status().processes} == {
            "supervisor", "envoy", "zygote", "auth", "directory", "edge"
        }  # fmt: skip
        for name in ("DATABASE_URL", "REDIS_URL", "NATS_URL"):
            assert other.environ_of("auth")[name] == owner.environ_of("auth")[name]
        other.stop()
        owner.stop()

    def test_taken_port_is_named(self, make_stack: MakeStack) -> None:
        with socket.create_server(("127.0.0.1", 0)) as other:
            stack = make_stack(port=other.getsockname()[1])
            with pytest.raises(StackError, match=rf"Port {stack.port} is taken"):
                stack.start()
        assert not stack.status().running

    def test_service_that_ends_is_reported_with_its_last_words(self, make_stack: MakeStack) -> None:
        stack = make_stack(auth="stack_fakes.failing")
        with pytest.raises(StackError, match="auth ended with code 1, 3 times") as refusal:
            stack.start()
        assert "the moon is in the wrong quarter" in str(refusal.value)
        assert not stack.status().running

    def test_service_that_cannot_be_imported_is_reported(self, make_stack: MakeStack) -> None:
        stack = make_stack(auth="stack_fakes.missing")
        with pytest.raises(StackError, match="missing cannot be loaded: ModuleNotFoundError"):
            stack.start()

    def test_service_that_starts_threads_when_imported_is_refused(self, make_stack: MakeStack) -> None:
        stack = make_stack(auth="stack_fakes.threaded")
        with pytest.raises(StackError, match=r"stack_fakes\.threaded cannot be loaded: it started a thread"):
            stack.start()

    def test_replicas_are_numbered_and_listed(self, make_stack: MakeStack) -> None:
        stack = make_stack(replicas=2, REDIS_URL="")
        stack.start()
        environ = stack.environ_of("auth-2")
        assert len(environ["DIRECTORY_HTTP"].split(",")) == 2
        assert environ["AUTH_HTTP"].endswith(f":{environ['SERVER_PORT']}")
        assert environ["REDIS_URL"] == ""
        assert "valkey" not in {row.name for row in stack.status().processes}
        stack.stop()


class TestStop:
    def test_requests_under_way_are_answered(self, make_stack: MakeStack, eventually: Eventually) -> None:
        stack = make_stack()
        stack.start()
        answers: list[int] = []

        def ask() -> None:
            answers.append(httpx.get(f"{stack.url}/slow", timeout=10).status_code)

        asking = threading.Thread(target=ask)
        asking.start()
        log = stack.data / "logs" / "edge.log"
        eventually(lambda: "slow request began" in log.read_text(encoding="utf-8"))
        stack.stop()
        asking.join()
        assert answers == [200]

    def test_nothing_to_stop_is_no_failure(self, make_stack: MakeStack) -> None:
        make_stack().stop()


class TestForeground:
    def test_ctrl_c_stops_everything_in_order(self, make_stack: MakeStack) -> None:
        stack = make_stack()
        terminal = _Terminal(stack)
        terminal.read_until("Ctrl-C\r\n")
        pids = {row.name: row.pid for row in stack.status().processes}
        httpx.get(f"{stack.url}/seen")
        terminal.read_until("/seen")
        terminal.type("\x03")
        seen = terminal.read_to_end()
        stopped = ["envoy stopped", "auth stopped", "nats stopped", "postgres stopped"]
        assert sorted(stopped, key=seen.index) == stopped
        assert terminal.exit_code() == 0
        assert not [name for name, pid in pids.items() if Path(f"/proc/{pid}").exists()]

    def test_ctrl_c_during_the_start(self, make_stack: MakeStack) -> None:
        stack = make_stack()
        terminal = _Terminal(stack)
        terminal.read_until("zygote")
        terminal.type("\x03")
        seen = terminal.read_to_end()
        assert terminal.exit_code() == 0, seen
        assert not stack.status().running


class _Terminal:
    """`vaultaris up` on a terminal."""

    def __init__(self, stack: LocalStack) -> None:
        self._pid, self._terminal = pty.fork()
        if self._pid == 0:
            os.execve(sys.executable, stack.up_command(), stack.environ)
        self._seen = ""

    def type(self, keys: str) -> None:
        os.write(self._terminal, keys.encode())

    def read_until(self, text: str) -> None:
        while text not in self._seen:
            assert self._read(), self._seen
        self._seen = self._seen.partition(text)[2]

    def read_to_end(self) -> str:
        while self._read():
            pass
        return self._seen

    def exit_code(self) -> int:
        return os.waitstatus_to_exitcode(os.waitpid(self._pid, 0)[1])

    def _read(self) -> bool:
        """Reads a little; False at the end."""
        ready, _, _ = select.select([self._terminal], [], [], 30)
        assert ready, f"silence after: {self._seen}"
        try:
            part = os.read(self._terminal, 65_536)
        except OSError:  # how a terminal tells that nobody writes to it any more
            return False
        self._seen += part.decode()
        return bool(part)
