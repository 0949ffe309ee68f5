"""The chart's stores for a trial: what their containers run is run here, on the same servers from another package."""

import asyncio
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import asyncpg
import nats
import pytest
from nats.aio.client import Client
from nats.errors import NoServersError
from redis import ConnectionError as RedisAway
from redis import Redis
from redis.backoff import ConstantBackoff
from redis.retry import Retry

from vaultaris_stack.parts.programs import nats_server, postgres_programs, valkey_server
from vaultaris_stack.ports import free_port

OWNER_PASSWORD = "it's: secret"

Render = Callable[..., list[dict[str, Any]]]


@contextmanager
def _running(command: list[str], **environ: str) -> Iterator[None]:
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, env=os.environ | environ)
    try:
        yield
    finally:
        process.terminate()
        process.wait(10)


@pytest.fixture
def programs(tmp_path: Path) -> Path:
    """A folder for PATH that holds the servers under the names of their images."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name, program in (("valkey-server", valkey_server()), ("nats-server", nats_server())):
        (folder / name).write_text(f'#!/bin/sh\nexec "{program}" "$@"\n')
        (folder / name).chmod(0o755)
    return folder


def _command(manifests: list[dict[str, Any]], store: str, **replaced: str) -> list[str]:
    """The container's command, with this machine's paths and ports in place of the container's."""
    (found,) = [m for m in manifests if m["kind"] == "StatefulSet" and m["metadata"]["name"] == f"id-vaultaris-{store}"]
    (container,) = found["spec"]["template"]["spec"]["containers"]
    (script,) = container["args"]
    for old, new in replaced.items():
        script = script.replace(old, new)
    return [*container["command"], script]


class TestNats:
    @pytest.mark.parametrize("password", ["abc", "12345678901234567890123456789012", "7k", "true"])
    async def test_command(self, render: Render, programs: Path, tmp_path: Path, password: str) -> None:
        port = free_port()
        (tmp_path / "password").write_text(password)
        command = _command(render("trial-bundled"), "nats", **{
            "/run/secrets/nats": str(tmp_path), "/data": str(tmp_path / "data"),
            "/tmp/nats.conf": str(tmp_path / "conf"),  # noqa: S108 - the container's own
            "http: 8222": f"http: 127.0.0.1:{free_port()}\nlisten: 127.0.0.1:{port}",
        })  # fmt: skip
        with _running(command, PATH=f"{programs}:{os.environ['PATH']}"):
            client = await _connected(f"nats://vaultaris:{password}@127.0.0.1:{port}")
            assert (await client.jetstream().account_info()).streams == 0
            await client.close()


async def _connected(url: str) -> Client:
    """Tries until the server listens, at most five seconds."""
    async with asyncio.timeout(5):
        while True:
            try:
                return await nats.connect(url, allow_reconnect=False, connect_timeout=1)
            except (OSError, NoServersError):
                await asyncio.sleep(0.05)


class TestValkey:
    def test_command(self, render: Render, programs: Path, tmp_path: Path) -> None:
        port = free_port()
        (tmp_path / "password").write_text("secret-of-valkey")
        command = _command(render("trial-bundled"), "valkey", **{
            "/run/secrets/valkey": str(tmp_path), "dir /tmp": f"dir {tmp_path}\nport {port}\nbind 127.0.0.1",
        })  # fmt: skip
        with _running(command, PATH=f"{programs}:{os.environ['PATH']}"):
            retry = Retry(ConstantBackoff(0.05), 100)
            client = Redis(port=port, password="secret-of-valkey", retry=retry, retry_on_error=[RedisAway])
            assert client.ping()
            assert client.config_get("appendonly")["appendonly"] == "no"
            client.close()


class TestPostgres:
    async def test_owner_may_make_roles_and_is_no_superuser(self, cluster: int) -> None:
        connection = await asyncpg.connect(
            host="127.0.0.1", port=cluster, user="vaultaris", database="vaultaris", password=OWNER_PASSWORD
        )
        assert await connection.fetchval("SELECT rolsuper FROM pg_roles WHERE rolname = current_user") is False
        await connection.execute("CREATE ROLE vaultaris_auth LOGIN")
        await connection.execute("CREATE SCHEMA auth")
        await connection.close()


@pytest.fixture
def cluster(chart: Path) -> Iterator[int]:
    """The port of a fresh cluster like the one that the image makes, on which the owner's script has run."""
    folder, programs, port = Path(tempfile.mkdtemp(prefix="vaultaris-")), postgres_programs(), free_port()
    account: dict[str, Any] = {"user": "nobody", "group": "nogroup", "extra_groups": []} if os.geteuid() == 0 else {}
    if account:
        shutil.chown(folder, "nobody", "nogroup")
    (folder / "password").write_text(OWNER_PASSWORD)
    data = str(folder / "data")
    subprocess.run(
        [str(programs / "initdb"), "-D", data, "-U", "postgres", "--auth=trust", "--auth-host=scram-sha-256"],
        stdout=subprocess.DEVNULL, check=True, **account,
    )  # fmt: skip
    command = [str(programs / "postgres"), "-D", data, "-k", str(folder), "-h", "127.0.0.1", "-p", str(port)]
    server = subprocess.Popen(command, stderr=subprocess.DEVNULL, **account)
    environ = {
        "PATH": f"{programs}:/usr/bin:/bin", "PGHOST": str(folder), "PGPORT": str(port),
        "OWNER_PASSWORD_FILE": str(folder / "password"),
    }  # fmt: skip
    try:
        ready = [str(programs / "pg_isready"), "--quiet"]
        while subprocess.run(ready, env=environ, check=False).returncode:
            assert server.poll() is None, "the server ended"
        subprocess.run([str(chart / "files/postgres-owner.sh")], env=environ, check=True)
        yield port
    finally:
        server.send_signal(signal.SIGINT)
        server.wait(20)
        shutil.rmtree(folder)
