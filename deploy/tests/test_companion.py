"""The companion beside a real Envoy: readiness, metrics, and a drain that lets the last request finish."""

import http.server
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest

from vaultaris_gateway.render import render
from vaultaris_stack.parts.programs import envoy
from vaultaris_stack.ports import free_port

SLOW_SECONDS = 2.0
ACTIVE = 'envoy_http_downstream_rq_active{envoy_http_conn_manager_prefix="ingress"} 1'


class _Service(http.server.BaseHTTPRequestHandler):
    """Stands for every service behind Envoy: quick everywhere but at one path."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        if self.path.startswith("/.well-known/jwks"):
            time.sleep(SLOW_SECONDS)
        self.send_response(200)
        self.send_header("content-length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base's signature
        """Quiet."""


@dataclass(frozen=True)
class Pod:
    """A gateway's pod: Envoy and its companion."""

    envoy: "subprocess.Popen[bytes]"
    companion: "subprocess.Popen[bytes]"
    port: int
    companion_port: int

    def ask(self, path: str) -> tuple[int, str]:
        """Status and body of the companion's answer; 0 while nothing listens."""
        try:
            with urlopen(f"http://127.0.0.1:{self.companion_port}{path}", timeout=30) as answer:
                return answer.status, answer.read().decode()
        except URLError as refusal:
            return getattr(refusal, "code", 0), ""


@pytest.fixture
def pod(chart: Path, tmp_path: Path) -> Iterator[Pod]:
    service = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Service)
    threading.Thread(target=service.serve_forever, daemon=True).start()
    port, companion_port, admin = free_port(), free_port(), str(tmp_path / "admin.sock")
    config = tmp_path / "envoy.yaml"
    config.write_text(render(_environment(service.server_address[1], port, admin)))
    command = [str(envoy()), "-c", str(config), "--concurrency", "1", "--disable-hot-restart", "--log-level", "error"]
    running = Pod(
        envoy=subprocess.Popen([*command, "--drain-strategy", "immediate"], stdout=subprocess.DEVNULL),
        companion=subprocess.Popen(
            [sys.executable, str(chart / "files/gateway_companion.py")],
            env=os.environ | {"ENVOY_ADMIN_SOCKET": admin, "COMPANION_PORT": str(companion_port),
                              "DRAIN_SECONDS": "0.5", "DRAIN_LIMIT_SECONDS": "20"},
        ),
        port=port,
        companion_port=companion_port,
    )  # fmt: skip
    try:
        yield running
    finally:
        for process in (running.companion, running.envoy):
            process.kill()
            process.wait(10)
        service.shutdown()
        service.server_close()


def _environment(service: int, port: int, admin: str) -> dict[str, str]:
    names = ("AUTH_HTTP", "DIRECTORY_HTTP", "POLICY_HTTP", "SESSIONS_HTTP", "PLUGINS_HTTP", "AUDIT_HTTP", "EDGE_HTTP")
    addresses = dict.fromkeys((*names, "EDGE_LIMITER"), f"127.0.0.1:{service}")
    return addresses | {"SERVER_HOST": "127.0.0.1", "SERVER_PORT": str(port), "ENVOY_ADMIN_SOCKET": admin}


def _until(what: str, condition: Callable[[], bool], seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return
        time.sleep(0.05)
    pytest.fail(f"{what} did not happen within {seconds} s")


class TestCompanion:
    def test_tells_readiness_and_metrics(self, pod: Pod) -> None:
        _until("readiness", lambda: pod.ask("/readyz")[0] == 200)
        status, metrics = pod.ask("/metrics")
        assert status == 200
        assert "envoy_cluster_membership_healthy" in metrics
        assert pod.ask("/drain")[0] == 404

    def test_drains_without_cutting_a_request_off(self, pod: Pod) -> None:
        _until("readiness", lambda: pod.ask("/readyz")[0] == 200)
        answers: list[int] = []
        slow = threading.Thread(target=lambda: answers.append(_get(pod.port, "/.well-known/jwks.json")))
        slow.start()
        _until("the slow request", lambda: ACTIVE in pod.ask("/metrics")[1])

        started = time.monotonic()
        pod.companion.send_signal(signal.SIGTERM)
        _until("draining", lambda: pod.ask("/readyz")[0] == 503)
        assert _get(pod.port, "/.well-known/openid-configuration") == 200, "still served while others learn of it"
        status, _ = pod.ask("/drained")

        assert status == 200
        assert time.monotonic() - started < SLOW_SECONDS + 5
        slow.join(10)
        assert answers == [200], "the drain ended after the request under way"
        assert pod.companion.wait(10) == 0
        assert pod.envoy.poll() is None, "stopping Envoy is the kubelet's part"


def _get(port: int, path: str) -> int:
    with urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as answer:
        return int(answer.status)
