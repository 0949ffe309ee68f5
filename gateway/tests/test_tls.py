"""With a certificate the gateway speaks TLS on a port of its own, and the plain one sends everybody there."""

import asyncio
import datetime
import ssl
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
import pytest_asyncio
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from pydantic import ValidationError

from gateway.tests.rig.ports import LOOPBACK
from gateway.tests.rig.upstream import header
from gateway.tests.rig.world import Envoy, World
from vaultaris_gateway.render import render

NAME = "id.example.test"
PATH = "/api/v1/users/u/tenants"


def certificate_for(name: str, folder: Path) -> tuple[Path, Path]:
    """A certificate that signs itself, and its key."""
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
    chain, private = folder / "tls.crt", folder / "tls.key"
    chain.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    encoded = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    private.write_bytes(key.private_bytes(*encoded))
    return chain, private


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
    chain, private = certificate_for(NAME, tmp_path_factory.mktemp("tls"))
    envoy = await world.envoy(
        "secure", EXTERNAL_URL=f"https://{NAME}:9443", GATEWAY_TLS_CERT=str(chain), GATEWAY_TLS_KEY=str(private)
    )
    yield Secure(envoy, chain)


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
