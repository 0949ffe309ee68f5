"""A service that answers its probes, can crash on request, and finishes its requests on SIGTERM."""

import json
import os
import signal
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

_EXIT_CODE = 3


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        """`/slow` takes a second, `/crash` ends the process, everything else tells who answers."""
        if self.path == "/crash":
            os._exit(_EXIT_CODE)
        if self.path == "/slow":
            _log("slow request began")
            time.sleep(1.0)
        body = json.dumps({"status": "ready", "pid": os.getpid(), "parent": os.getppid()}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base's signature
        """One JSON line a request, as the real services write."""
        _log("request", path=self.path)


def _log(event: str, **facts: object) -> None:
    print(json.dumps({"event": event, "level": "info", **facts}))  # noqa: T201 - standard output is the log


class _Server(ThreadingHTTPServer):
    daemon_threads = False
    request_queue_size = 64


def main() -> None:
    """Serves at SERVER_HOST:SERVER_PORT until SIGTERM, then until the last request is answered."""
    server = _Server((os.environ["SERVER_HOST"], int(os.environ["SERVER_PORT"])), _Handler)
    ended = threading.Event()

    def end(_number: int, _frame: object) -> None:
        ended.set()

    signal.signal(signal.SIGTERM, end)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    _log("started", port=server.server_port)
    ended.wait()
    server.shutdown()
    server.server_close()
