"""Chapter 6: the orders application gets a client of its own and is started beside us."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryFile

import httpx

from examples.story.calling import Caller, insist
from examples.story.company import Company

FOLDER = Path(__file__).resolve().parent.parent / "orders"
_START_SECONDS = 20.0
_STOP_SECONDS = 10.0


def register(ada: Caller, company: Company) -> tuple[str, str]:
    """A confidential client that may validate tokens and ask for decisions, and nothing else: its id and secret."""
    ada.teller.chapter("An application", "It is an OAuth client of its own: it may validate and check, not administer.")
    scopes = ["integration:validate", "integration:check"]
    body = {
        "client_id": f"{company.slug}-orders",
        "name": "Orders",
        "redirect_uris": [],
        "allowed_grant_types": ["client_credentials"],
        "allowed_scopes": scopes,
        "default_scopes": scopes,
    }
    shown = ("client", "client_id", "allowed_scopes", "client_secret")
    made = ada.ask(201, "POST", f"{company.path}/clients", json=body, show=shown)["data"]
    return made["client"]["client_id"], made["client_secret"]


@contextmanager
def orders_running(url: str, tenant_id: str, client_id: str, client_secret: str) -> Iterator[str]:
    """The address of an orders application that runs until the block ends."""
    port = _free_port()
    names = {"URL": url, "TENANT_ID": tenant_id, "CLIENT_ID": client_id, "CLIENT_SECRET": client_secret}
    environ = os.environ | {f"VAULTARIS_{name}": value for name, value in names.items()}
    command = [sys.executable, "-m", "uvicorn", "app:app", "--app-dir", str(FOLDER), "--port", str(port)]
    with TemporaryFile() as output:
        process = subprocess.Popen(  # noqa: S603 - our own example
            command, env=environ, stdin=subprocess.DEVNULL, stdout=output, stderr=output
        )
        try:
            _await_answer(process, f"http://127.0.0.1:{port}/health")
            yield f"http://127.0.0.1:{port}"
        finally:
            _end(process)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _await_answer(process: "subprocess.Popen[bytes]", url: str) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while not _answers(url):
        insist(process.poll() is None, "The orders application ended at its start.")
        insist(time.monotonic() < deadline, f"The orders application did not answer within {_START_SECONDS:.0f} s.")
        time.sleep(0.05)


def _answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=1).is_success
    except httpx.TransportError:
        return False


def _end(process: "subprocess.Popen[bytes]") -> None:
    process.terminate()
    try:
        process.wait(_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
