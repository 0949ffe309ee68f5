"""With a certificate the gateway speaks TLS on a port of its own, and the plain one sends everybody there."""

import asyncio
import contextlib
import datetime
import ssl
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
import pytest_asyncio
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from pydantic import ValidationError

from gateway.tests.rig.upstream import header
from gateway.tests.rig.world import Envoy, World
from vaultaris_gateway.render import render
from vaultaris_stack.ports import LOOPBACK

NAME = "id.example.test"
PATH = "/api/v1/users/u/tenants"


@dataclass(frozen=True)
class Made:
    """A certificate that signs itself, and its key (PEM)."""

    chain: bytes
    key: bytes
    serial: int


def make_certificate(name: str) -> Made:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    begin = datetime.datetime.now(datetime.UTC) - datetime.timedelta(hours=1)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begin)
        .not_valid_after(begin + datetime.timedelta(days=2))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    encoded = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return Made(made.public_bytes(serialization.Encoding.PEM), key.private_bytes(*encoded), made.serial_number)


class Held:
    """The gateway's two files."""

    def __init__(self, folder: Path) -> None:
        self.chain, self.key = folder / "tls.crt", folder / "tls.key"

    def put(self, made: Made) -> None:
        """As a person would: each under another name first, then renamed; for a moment they don't fit together."""
        for file, content in ((self.key, made.key), (self.chain, made.chain)):
            fresh = file.with_suffix(".new")
            fresh.write_bytes(content)
            fresh.replace(file)


def put_as_kubernetes_does(mount: Path, made: Made) -> None:
    """A Secret's mount: the files are links through ``..data``, which is renamed over when the Secret changes."""
    version = mount / f"..{made.serial}"
    version.mkdir()
    (version / "tls.crt").write_bytes(made.chain)
    (version / "tls.key").write_bytes(made.key)
    (mount / "..data_tmp").symlink_to(version.name)
    (mount / "..data_tmp").replace(mount / "..data")
    for name in ("tls.crt", "tls.key"):
        if not (mount / name).is_symlink():
            (mount / name).symlink_to(f"..data/{name}")


class Secure:
    """A gateway with a certificate, and a client that trusts it."""

    def __init__(self, envoy: Envoy, chain: Path) -> None:
        self.envoy = envoy
        self._chain = chain

    def trust(self) -> ssl.SSLContext:
        context = ssl.create_default_context(cafile=str(self._chain))
        context.check_hostname = False  # it is reached by its address here
        return context

    def client(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(base_url=f"https://{LOOPBACK}:{self.envoy.tls_port}", verify=self.trust())

    async def negotiate(self, at_most: ssl.TLSVersion = ssl.TLSVersion.TLSv1_3) -> tuple[str | None, str | None]:
        """Which application protocol and which version of TLS are agreed on."""
        context = self.trust()
        context.minimum_version, context.maximum_version = ssl.TLSVersion.MINIMUM_SUPPORTED, at_most
        context.set_alpn_protocols(["h2", "http/1.1"])
        _, writer = await asyncio.open_connection(LOOPBACK, self.envoy.tls_port, ssl=context)
        agreed: ssl.SSLObject = writer.get_extra_info("ssl_object")
        writer.close()
        return agreed.selected_alpn_protocol(), agreed.version()


@pytest_asyncio.fixture(scope="module")
async def secure(world: World, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Secure]:
    held = Held(tmp_path_factory.mktemp("tls"))
    held.put(make_certificate(NAME))
    yield await _secure(world, "secure", held)


async def _secure(world: World, name: str, held: Held) -> Secure:
    envoy = await world.envoy(
        name,
        EXTERNAL_URL=f"https://{NAME}:9443",
        GATEWAY_TLS_CERT=str(held.chain),
        GATEWAY_TLS_KEY=str(held.key),
    )
    return Secure(envoy, held.chain)


class TestTls:
    async def test_serves_everything(self, secure: Secure) -> None:
        async with secure.client() as http:
            answer = await http.get(PATH)
        assert answer.status_code == 200
        assert header(answer.json(), "x-forwarded-proto") == "https"
        assert answer.headers["strict-transport-security"].startswith("max-age=31536000")

    async def test_offers_http2_and_no_old_version(self, secure: Secure) -> None:
        assert await secure.negotiate() == ("h2", "TLSv1.3")
        with pytest.raises(ssl.SSLError):
            await secure.negotiate(at_most=ssl.TLSVersion.TLSv1_1)


class Load:
    """Requests without pause and without limit, each on a connection of its own."""

    def __init__(self, envoy: Envoy) -> None:
        self._envoy = envoy
        self.answered: list[int] = []
        self.failures: list[BaseException] = []
        self._seen = asyncio.Condition()

    async def run(self) -> None:
        trust = ssl.create_default_context()
        trust.check_hostname, trust.verify_mode = False, ssl.CERT_NONE
        while True:
            try:
                async with asyncio.timeout(5):  # not wait_for, which may lose the cancellation that ends this
                    serial = await self._ask(trust)
            except (OSError, TimeoutError, AssertionError) as failure:
                self.failures.append(failure)
                await asyncio.sleep(0.05)
                continue
            async with self._seen:
                self.answered.append(serial)
                self._seen.notify_all()

    async def _ask(self, trust: ssl.SSLContext) -> int:
        """The serial number of the certificate under which a request was answered with 200."""
        reader, writer = await asyncio.open_connection(LOOPBACK, self._envoy.tls_port, ssl=trust)
        try:
            writer.write(f"GET /live HTTP/1.1\r\nhost: {NAME}\r\nconnection: close\r\n\r\n".encode())
            assert (await reader.read()).startswith(b"HTTP/1.1 200")
            der = writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
            return x509.load_der_x509_certificate(der).serial_number
        finally:
            writer.close()

    async def until_shown(self, made: Made) -> None:
        async with self._seen:
            await asyncio.wait_for(self._seen.wait_for(lambda: self.answered[-1:] == [made.serial]), 15)


@contextlib.asynccontextmanager
async def _load(envoy: Envoy) -> AsyncIterator[Load]:
    load = Load(envoy)
    tasks = [asyncio.create_task(load.run()) for _ in range(4)]
    try:
        yield load
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


class TestNewCertificates:
    async def test_count_at_once_and_cost_no_request(self, world: World, tmp_path: Path) -> None:
        held, certificates = Held(tmp_path), [make_certificate(NAME) for _ in range(3)]
        held.put(certificates[0])
        secure = await _secure(world, "renewed", held)
        async with _load(secure.envoy) as load:
            for made in certificates:
                held.put(made)
                await load.until_shown(made)
        assert load.failures == []

    async def test_of_a_kubernetes_secret(self, world: World, tmp_path: Path) -> None:
        first, second = make_certificate(NAME), make_certificate(NAME)
        put_as_kubernetes_does(tmp_path, first)
        secure = await _secure(world, "mounted", Held(tmp_path))
        async with _load(secure.envoy) as load:
            await load.until_shown(first)
            put_as_kubernetes_does(tmp_path, second)
            await load.until_shown(second)
        assert load.failures == []


class TestPlainPort:
    async def test_sends_everybody_to_the_external_address(self, secure: Secure) -> None:
        async with httpx.AsyncClient(base_url=secure.envoy.url) as http:
            answer = await http.post("/oauth/token?x=1", headers={"host": "evil.example"}, content=b"a=b")
        assert answer.status_code == 308
        assert answer.headers["location"] == f"https://{NAME}:9443/oauth/token?x=1"

    async def test_still_answers_probes(self, secure: Secure) -> None:
        async with httpx.AsyncClient(base_url=secure.envoy.url) as http:
            assert (await http.get("/live")).status_code == 200


class TestSettings:
    @pytest.mark.parametrize(
        "environ",
        [
            {"GATEWAY_TLS_CERT": "/tls.crt", "EXTERNAL_URL": "https://id.example.test"},
            {"GATEWAY_TLS_CERT": "/tls.crt", "GATEWAY_TLS_KEY": "/tls.key", "EXTERNAL_URL": "http://id.example.test"},
        ],
    )
    def test_half_of_it_is_refused(self, environ: dict[str, str]) -> None:
        with pytest.raises(ValidationError):
            render(environ)
