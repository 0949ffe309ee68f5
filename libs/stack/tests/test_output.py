"""What people read: log lines on the terminal, log files and their limits."""

import asyncio
import io
import json
import os
from pathlib import Path

from vaultaris_stack.console import Console
from vaultaris_stack.follow import Tail
from vaultaris_stack.logs import LogFile, Logs, last_lines


def _shown(text: str, *, colours: bool = False) -> str:
    output = io.StringIO()
    Console(output, colours=colours).line("auth", text)
    return output.getvalue()


class TestConsole:
    def test_json_becomes_short(self) -> None:
        record = {"event": "signed in", "level": "info", "timestamp": "2026-01-02T03:04:05Z", "service": "auth"}
        shown = _shown(json.dumps(record | {"user_id": "u1", "reason": "two words", "count": 2}))
        assert shown.startswith("auth       ")
        assert shown.endswith(':05 signed in user_id=u1 reason="two words" count=2\n')

    def test_requests_at_the_gateway_become_short(self) -> None:
        record = {"method": "GET", "path": "/ready", "status": 200, "duration_ms": 3, "time": "2026-01-02T03:04:05.1Z"}
        shown = _shown(json.dumps(record | {"upstream": "edge", "client": "127.0.0.1", "bytes_in": 0}))
        assert shown.endswith(":05 200 GET /ready 3 ms edge 127.0.0.1\n")

    def test_raw_lines_stay(self) -> None:
        assert _shown("[1] Server is ready") == "auth       [1] Server is ready\n"

    def test_json_that_is_no_record_stays(self) -> None:
        assert _shown("[1, 2]") == "auth       [1, 2]\n"

    def test_exception_follows_on_lines_of_its_own(self) -> None:
        shown = _shown(json.dumps({"event": "failed", "exception": "Traceback:\n  here"}))
        assert shown == "auth       failed\n    Traceback:\n      here\n"

    def test_log_cannot_steer_the_terminal_or_forge_lines(self) -> None:
        hostile = "\x1b[2Jgone\r\nauth ok"
        shown = _shown(json.dumps({"event": hostile, "agent": hostile})) + _shown("\x1b]0;title\x07")
        assert "\x1b" not in shown
        assert "\r" not in shown
        assert shown.count("\n") == 2

    def test_colours_only_where_wanted(self) -> None:
        assert "\x1b[36mauth" in _shown("x", colours=True)
        assert "\x1b" not in _shown("x")

    def test_reader_that_left_is_no_failure(self) -> None:
        reading, writing = os.pipe()
        os.close(reading)
        with os.fdopen(writing, "w") as output:
            console = Console(output, colours=False)
            console.line("auth", "one")
            console.line("auth", "two")


class TestLogFile:
    def test_is_bounded(self, tmp_path: Path) -> None:
        log = LogFile(tmp_path / "auth.log", limit=1000)
        for number in range(100):
            log.write(b"%099d\n" % number)
        log.close()
        sizes = {path.name: path.stat().st_size for path in tmp_path.iterdir()}
        assert set(sizes) == {"auth.log", "auth.log.1"}
        assert sum(sizes.values()) <= 2000
        assert sizes["auth.log.1"] == 1000
        assert (tmp_path / "auth.log").stat().st_mode & 0o777 == 0o600

    def test_goes_on_where_it_was(self, tmp_path: Path) -> None:
        for text in (b"one\n", b"two\n"):
            log = LogFile(tmp_path / "auth.log")
            log.write(text)
            log.close()
        assert last_lines(tmp_path / "auth.log", 10) == ["one", "two"]


class TestLogs:
    async def test_pipe_reaches_file_and_watcher(self, tmp_path: Path) -> None:
        seen: asyncio.Queue[tuple[str, str]] = asyncio.Queue()
        logs = Logs(tmp_path, lambda name, line: seen.put_nowait((name, line)))
        pipe = await logs.pipe("auth")
        os.write(pipe, b"half a ")
        os.write(pipe, b"line\nand more\n")
        lines = [await asyncio.wait_for(seen.get(), 5) for _ in range(2)]
        os.close(pipe)
        assert lines == [("auth", "half a line"), ("auth", "and more")]
        assert last_lines(tmp_path / "auth.log", 10) == ["half a line", "and more"]
        logs.close()


class TestTail:
    def test_follows_across_a_rotation(self, tmp_path: Path) -> None:
        log = LogFile(tmp_path / "auth.log", limit=20)
        log.write(b"before\n")
        tail = Tail(tmp_path / "auth.log")
        log.write(b"one\n")
        assert tail.new_lines() == ["one"]
        log.write(b"two, which is long\n")
        log.write(b"three\n")
        assert tail.new_lines() + tail.new_lines() == ["two, which is long", "three"]
        assert tail.name == "auth"
        log.close()
