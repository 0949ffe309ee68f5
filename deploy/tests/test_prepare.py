"""The one-shot behind Compose's secrets: complete, private, stable, and accepted by the real servers."""

import asyncio
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import nats
import pytest
import yaml
from cryptography import x509
from nats.aio.client import Client
from nats.errors import NoServersError
from redis import ConnectionError as RedisAway
from redis import Redis
from redis.backoff import ConstantBackoff
from redis.retry import Retry

from vaultaris_kit.rpc.tls import certificates
from vaultaris_kit.settings import Settings
from vaultaris_stack.parts.programs import nats_server, valkey_server
from vaultaris_stack.ports import free_port


@pytest.fixture(scope="module")
def prepared(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("secrets")
    _prepare(root, folder)
    return folder


def _prepare(root: Path, folder: Path) -> None:
    subprocess.run([sys.executable, str(root / "deploy/docker/prepare.py"), str(folder)], check=True)


def _content(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


class TestFiles:
    def test_are_all_that_compose_names(self, root: Path, prepared: Path) -> None:
        compose = yaml.safe_load((root / "docker-compose.yml").read_text(encoding="utf-8"))
        for name, service in compose["services"].items():
            for path in _secrets_named_in(service):
                assert (prepared / name / path).is_file(), f"{name}: {path}"

    def test_are_private(self, prepared: Path) -> None:
        for path in prepared.rglob("*"):
            mode = stat.S_IMODE(path.stat().st_mode)
            assert mode & (0o026 if path.is_dir() else 0o027) == 0, path

    def test_stay_the_same(self, root: Path, prepared: Path) -> None:
        before = _content(prepared)
        _prepare(root, prepared)
        assert _content(prepared) == before

    def test_give_edge_no_key(self, prepared: Path) -> None:
        assert [path.name for path in (prepared / "edge").iterdir()] == ["redis_url"]

    def test_certificates_name_their_service(self, prepared: Path) -> None:
        certificate = x509.load_pem_x509_certificate((prepared / "policy/tls.crt").read_bytes())
        certificate.verify_directly_issued_by(x509.load_pem_x509_certificate((prepared / "auth/ca.crt").read_bytes()))
        assert certificate.subject.rfc4514_string() == "CN=policy"


class TestSettings:
    def test_a_service_starts_with_them_outside_development(
        self, root: Path, prepared: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        compose = yaml.safe_load((root / "docker-compose.yml").read_text(encoding="utf-8"))
        for name, value in compose["services"]["audit"]["environment"].items():
            if str(value).startswith("/run/secrets/"):
                monkeypatch.setenv(name, value.replace("/run/secrets", str(prepared / "audit")))
        monkeypatch.chdir(tmp_path)
        settings = Settings()
        assert not settings.dev
        assert settings.database_url.get_secret_value().startswith("postgresql://vaultaris_audit:")
        assert certificates(settings) is not None


def _secrets_named_in(service: dict[str, Any]) -> set[str]:
    words = [*service.get("environment", {}).values(), *service.get("command", [])]
    return {word.removeprefix("/run/secrets/") for word in map(str, words) if word.startswith("/run/secrets/")}


class TestServers:
    def test_valkey_takes_its_configuration(self, prepared: Path) -> None:
        port = free_port()
        with _running([str(valkey_server()), str(prepared / "valkey/valkey.conf"), "--port", str(port)]):
            url = (prepared / "edge/redis_url").read_text().replace("valkey:6379", f"127.0.0.1:{port}")
            retry = Retry(ConstantBackoff(0.05), 100)
            client = Redis.from_url(url, retry=retry, retry_on_error=[RedisAway])
            assert client.ping()
            client.close()

    async def test_nats_takes_its_configuration(self, prepared: Path, tmp_path: Path) -> None:
        port = free_port()
        config = tmp_path / "nats.conf"
        text = (prepared / "nats/nats.conf").read_text().replace("/data", str(tmp_path))
        config.write_text(text.replace("127.0.0.1:8222", f"127.0.0.1:{free_port()}"))
        with _running([str(nats_server()), "--config", str(config), "--addr", "127.0.0.1", "--port", str(port)]):
            url = (prepared / "auth/nats_url").read_text().replace("nats:4222", f"127.0.0.1:{port}")
            client = await _connected(url)
            assert (await client.jetstream().account_info()).limits is not None
            await client.close()


async def _connected(url: str) -> Client:
    """Tries until the server listens, at most five seconds."""
    async with asyncio.timeout(5):
        while True:
            try:
                return await nats.connect(url, allow_reconnect=False, connect_timeout=1)
            except (OSError, NoServersError):
                await asyncio.sleep(0.05)


@contextmanager
def _running(command: list[str]) -> Iterator[None]:
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        yield
    finally:
        process.terminate()
        process.wait(10)
