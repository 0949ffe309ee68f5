"""Stands beside Envoy in its pod: tells readiness, passes metrics on, drains Envoy before it is stopped.

``GET /readyz``   200 while Envoy takes new clients
``GET /metrics``  Envoy's figures for Prometheus
``GET /drained``  answers once a drain is over; Envoy's preStop hook waits here

SIGTERM, which the pod's end sends to this container at once, starts the drain. There is no request that starts
one, so nobody in the cluster can switch the gateway off. Envoy's admin socket stays inside the pod.

Environment: ENVOY_ADMIN_SOCKET, COMPANION_PORT, DRAIN_SECONDS (go on serving at least so long),
DRAIN_LIMIT_SECONDS (stop at the latest then). Needs nothing but the standard library.
"""

import json
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

_MAX_REQUESTS = 16
_MAX_WAITING = 4
_SIGTERM_SECONDS = 5  # Envoy's preStop hook may run a moment before our own SIGTERM
_POLL_SECONDS = 0.25  # Envoy has no event for "the last request is answered"; its gauge is asked
_ACTIVE = r"/stats?format=json&filter=^http\.ingress\.downstream_rq_active$"


@dataclass(frozen=True)
class Plan:
    """What the environment says; times in seconds."""

    admin_socket: str
    port: int
    serve_on: float
    at_most: float

    @classmethod
    def read(cls, environ: Mapping[str, str]) -> "Plan":
        """Raises KeyError or ValueError for a variable that is missing or no number."""
        return cls(
            admin_socket=environ["ENVOY_ADMIN_SOCKET"],
            port=int(environ["COMPANION_PORT"]),
            serve_on=float(environ["DRAIN_SECONDS"]),
            at_most=float(environ["DRAIN_LIMIT_SECONDS"]),
        )


class _UnixConnection(HTTPConnection):
    """HTTP over a Unix socket."""

    def __init__(self, path: str) -> None:
        super().__init__("envoy", timeout=2)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._path)


class Envoy:
    """The Envoy next door, through its admin socket."""

    def __init__(self, admin_socket: str) -> None:
        self._socket = admin_socket

    def ask(self, method: str, path: str) -> tuple[int, bytes]:
        """Status and body; 503 when Envoy does not answer."""
        connection = _UnixConnection(self._socket)
        try:
            connection.request(method, path)
            answer = connection.getresponse()
            return answer.status, answer.read()
        except (OSError, HTTPException):
            return 503, b"Envoy does not answer.\n"
        finally:
            connection.close()

    def drain(self, plan: Plan) -> None:
        """Not ready, connections closed after their answer; then waits for the last request under way."""
        started = time.monotonic()
        self.ask("POST", "/healthcheck/fail")
        self.ask("POST", "/drain_listeners?graceful&skip_exit")
        time.sleep(min(plan.serve_on, plan.at_most))  # new clients arrive until everybody has heard
        while self._requests_under_way() and time.monotonic() - started < plan.at_most:
            time.sleep(_POLL_SECONDS)

    def _requests_under_way(self) -> int:
        status, body = self.ask("GET", _ACTIVE)
        return sum(stat.get("value", 0) for stat in json.loads(body)["stats"]) if status == HTTPStatus.OK else 0


class Companion(ThreadingHTTPServer):
    """The HTTP server and the state of the drain."""

    daemon_threads = True

    def __init__(self, plan: Plan) -> None:
        super().__init__(("", plan.port), _Handler)
        self.plan = plan
        self.envoy = Envoy(plan.admin_socket)
        self.places = {False: threading.BoundedSemaphore(_MAX_REQUESTS), True: threading.BoundedSemaphore(_MAX_WAITING)}
        self.stopping = threading.Event()
        self.drained = threading.Event()

    def drain_and_stop(self) -> None:
        """Waits for SIGTERM, drains, lets waiting requests have their answer, ends the server."""
        self.stopping.wait()
        self.envoy.drain(self.plan)
        self.drained.set()
        time.sleep(1)  # the kubelet reads the answer of /drained; nothing tells us that it has
        self.shutdown()


class _Handler(BaseHTTPRequestHandler):
    server: Companion
    timeout = 5

    def do_GET(self) -> None:
        places = self.server.places[self.path == "/drained"]  # those who wait never crowd out a probe
        if not places.acquire(blocking=False):
            self._answer(503, b"Too many requests.\n")
            return
        try:
            self._answer(*self._look_up())
        finally:
            places.release()

    def _look_up(self) -> tuple[int, bytes]:
        if self.path == "/readyz":
            return (503, b"draining\n") if self.server.stopping.is_set() else self.server.envoy.ask("GET", "/ready")
        if self.path == "/metrics":
            return self.server.envoy.ask("GET", "/stats/prometheus?usedonly")
        if self.path == "/drained":
            stopping = self.server.stopping.wait(_SIGTERM_SECONDS)
            over = stopping and self.server.drained.wait(self.server.plan.at_most)
            return (200, b"drained\n") if over else (503, b"not drained\n")
        return 404, b"There is no such thing here.\n"

    def _answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("content-type", "text/plain; version=0.0.4; charset=utf-8")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base's signature
        """Probes every few seconds are not worth a line."""


def main() -> None:
    """Serves until SIGTERM and the drain that follows."""
    companion = Companion(Plan.read(os.environ))
    signal.signal(signal.SIGTERM, lambda *_: companion.stopping.set())
    signal.signal(signal.SIGINT, lambda *_: companion.stopping.set())
    threading.Thread(target=companion.drain_and_stop, daemon=True).start()
    companion.serve_forever(poll_interval=0.5)
    sys.exit(0)


if __name__ == "__main__":
    main()
