"""Every service runs where nothing can be written but a folder for temporary files, as in the chart and in Compose."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from tests.e2e.world import open_world, unique
from tests.eventually import eventually
from vaultaris_kit.rpc.server import SERVICES
from vaultaris_stack.local import LocalStack
from vaultaris_stack.ports import LOOPBACK, free_port

_JAIL = """
cut -d ' ' -f 2 /proc/self/mounts | while read -r place; do
  mount -o remount,bind,ro "$place" 2> /dev/null || true
done
mount -t tmpfs none "$TMPDIR"
cd /
if touch "$OUTSIDE" 2> /dev/null; then echo "something else can be written"; exit 3; fi
exec "$@"
"""
_UNSHARE = ("unshare", "--mount", "--map-root-user", "--propagation", "private")


@dataclass
class Jailed:
    """A service's process in a name space of its own."""

    process: "subprocess.Popen[bytes]"
    log: Path
    port: int
    temporary: Path

    def url(self, path: str) -> str:
        return f"http://{LOOPBACK}:{self.port}{path}"

    async def is_ready(self) -> bool:
        assert self.process.poll() is None, self.log.read_text()
        try:
            async with httpx.AsyncClient() as client:
                return (await client.get(self.url("/readyz"))).status_code == 200
        except httpx.TransportError:
            return False

    def written(self) -> list[str]:
        """What lies in its folder for temporary files."""
        seen = Path(f"/proc/{self.process.pid}/root{self.temporary}")
        return sorted(str(path.relative_to(seen)) for path in seen.rglob("*"))

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(40)


Jail = Callable[[str], Jailed]


@pytest.fixture
def jail(stack: LocalStack, tmp_path: Path) -> Iterator[Jail]:
    """Starts one more process of a service of the stack."""
    if not shutil.which("unshare") or subprocess.run([*_UNSHARE, "true"], check=False, capture_output=True).returncode:
        pytest.skip("name spaces of mounts can't be made here")
    started: list[Jailed] = []

    def start(service: str) -> Jailed:
        temporary, port = tmp_path / service, free_port()
        temporary.mkdir()
        environ = stack.environ_of(service) | {
            "SERVER_HOST": LOOPBACK,
            "SERVER_PORT": str(port),
            **{name: str(free_port()) for name in ("GRPC_PORT", "PUBLIC_GRPC_PORT", "LIMITER_PORT")},
            "DRAIN_SECONDS": "0",
            "HOME": "/nonexistent",
            "TMPDIR": str(temporary),
            "OUTSIDE": str(tmp_path / "outside"),
            "PATH": os.environ["PATH"],
            "PYTHONDONTWRITEBYTECODE": "1",
        }
        command = [*_UNSHARE, "sh", "-c", _JAIL, "jail", sys.executable, "-m", f"vaultaris_{service}"]
        log = tmp_path / f"{service}.log"
        with log.open("wb") as output:
            process = subprocess.Popen(command, env=environ, stdout=output, stderr=output)
        started.append(Jailed(process, log, port, temporary))
        return started[-1]

    yield start
    for each in started:
        if each.process.poll() is None:
            each.process.kill()
            each.process.wait()


class TestReadOnly:
    @pytest.mark.timeout(400)
    async def test_services_write_nothing(self, stack: LocalStack, jail: Jail) -> None:
        """They start, answer, take a large upload, and end; not even temporary files are left."""
        company = await (await open_world(stack.url)).add_company()
        jailed = {service: jail(service) for service in sorted(SERVICES)}
        for each in jailed.values():
            await eventually(each.is_ready, bool, within=150)
        rows = "".join(f"{name},{name}@company.test\n" for name in (unique("jailed") for _ in range(500)))
        path = f"{company.path}/users"
        headers = {"Authorization": f"Bearer {company.admin.token}", "Content-Type": "text/csv"}
        async with httpx.AsyncClient(timeout=60) as client:
            answer = await client.post(
                jailed["directory"].url(f"{path}/import"), headers=headers, content="username,email\n" + rows
            )
            assert answer.json()["data"]["created"] == 500
            exported = await client.get(jailed["directory"].url(f"{path}/export"), headers=headers)
            assert len(exported.text.splitlines()) > 500
            signed_in = await client.post(
                jailed["auth"].url("/oauth/token"),
                data={
                    "grant_type": "password",
                    "client_id": company.client_id,
                    "username": company.admin_user["username"],
                    "password": "wrong",
                },
            )
            assert signed_in.status_code == 400
            for each in jailed.values():
                assert (await client.get(each.url("/livez"))).status_code == 200
        assert {service: each.written() for service, each in jailed.items()} == {service: [] for service in jailed}
        for service, each in jailed.items():
            assert each.stop() == 0, (service, each.log.read_text())
            assert "Read-only file system" not in each.log.read_text(), service
