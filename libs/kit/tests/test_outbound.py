"""Calls to URLs that tenants set: only public addresses, checked where the connection is made."""

import asyncio
import datetime
import ipaddress
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from vaultaris_kit.errors import Invalid
from vaultaris_kit.outbound import Guard, Outbound, OutboundFault, guard_of, is_public
from vaultaris_kit.settings import Settings

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-Seen: yes\r\n\r\nok"
LOOPBACK = Guard(allowed=(ipaddress.ip_network("127.0.0.0/8"),))


@asynccontextmanager
async def serving(answer: bytes, *, tls: ssl.SSLContext | None = None) -> AsyncIterator[tuple[int, list[bytes]]]:
    """A server on a loopback port that answers everything with ``answer``, and what it was sent."""
    seen: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        seen.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(answer)
        await writer.drain()
        if answer:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=tls)
    try:
        yield server.sockets[0].getsockname()[1], seen
    finally:
        server.close()


def naming(*addresses: str) -> tuple[Callable[[str, int], Awaitable[Sequence[str]]], list[str]]:
    """A resolver that knows one answer, and the names it was asked for."""
    asked: list[str] = []

    async def find(host: str, _port: int) -> Sequence[str]:
        asked.append(host)
        return addresses

    return find, asked


async def reason_of(outbound: Outbound, url: str) -> str:
    with pytest.raises(OutboundFault) as refused:
        await outbound.get(url)
    return refused.value.reason


class TestPublic:
    @pytest.mark.parametrize(
        "address",
        [
            "127.0.0.1", "10.1.2.3",
            "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.1", "224.0.0.1",
            "240.0.0.1", "255.255.255.255", "192.0.0.8", "192.88.99.1", "198.18.0.1", "203.0.113.9",
            "::", "::1", "fe80::1", "fc00::1", "fd00:ec2::254", "ff02::1", "::ffff:10.0.0.1", "64:ff9b::10.0.0.1",
            "64:ff9b:1::1", "2001:db8::1", "2001::1", "2002:7f00:1::", "3fff::1", "5f00::1",
        ],
    )  # fmt: skip
    def test_special_addresses_are_not(self, address: str) -> None:
        assert not Guard().allows(ipaddress.ip_address(address))

    @pytest.mark.parametrize("address", ["93.184.215.14", "2606:2800:21f:cb07::1", "64:ff9b::8.8.8.8"])
    def test_ordinary_ones_are(self, address: str) -> None:
        assert Guard().allows(ipaddress.ip_address(address))

    @given(st.ip_addresses(v=4))
    def test_mapped_addresses_mean_the_same(self, address: ipaddress.IPv4Address) -> None:
        mapped = ipaddress.IPv6Address(f"::ffff:{address}")
        assert Guard().allows(mapped) == is_public(address)

    def test_operator_can_open_a_network(self) -> None:
        settings = Settings(dev=True, outbound_allowed_networks="10.2.0.0/16, fd00::/8")
        guard = guard_of(settings)
        assert guard.allows(ipaddress.ip_address("10.2.3.4"))
        assert guard.allows(ipaddress.ip_address("::ffff:10.2.3.4"))
        assert not guard.allows(ipaddress.ip_address("10.3.3.4"))

    def test_a_wrong_network_is_refused_at_start(self) -> None:
        with pytest.raises(ValidationError):
            Settings(dev=True, outbound_allowed_networks="ten")


class TestUrl:
    @pytest.mark.parametrize(
        "url",
        [
            "http://idp.example.com", "ftp://idp.example.com", "https://", "https:///x", "//idp.example.com", "idp",
            "https://user@idp.example.com", "https://idp.example.com/#x", "https://idp.example.com:99999/",
            "https://idp.example.com\\@10.0.0.1/", "https://idp.example.com/ x", "https://ïdp.example.com",
            "https://127.0.0.1/", "https://[::1]/", "https://169.254.169.254/latest", "https://2130706433/",
            "https://0x7f.1/", "https://127.1/", "https://127.0.0.1./", "https://localhost/", "https://a.localhost./",
            "https://[::ffff:127.0.0.1]/", "https://" + "a" * 2048,
        ],
    )  # fmt: skip
    def test_unsafe_ones_are_refused(self, url: str) -> None:
        with pytest.raises(Invalid) as refused:
            Guard().check("token_url", url)
        assert refused.value.details[0]["field"] == "token_url"

    @pytest.mark.parametrize(
        "url", ["https://idp.example.com/a?b=c", "https://idp.example.com:8443", "https://8.8.8.8/"]
    )
    def test_good_ones_are_taken(self, url: str) -> None:
        Guard().check("token_url", url)

    def test_development_may_stay_at_home(self) -> None:
        assert Guard(dev=True).problem_of("http://127.0.0.1:9000/jwks") is None
        assert Guard(dev=True).problem_of("http://localhost:9000/jwks") is None
        assert Guard(dev=True).problem_of("http://10.0.0.1/jwks") is not None

    @given(st.text(max_size=60))
    def test_any_text_gets_an_answer(self, text: str) -> None:
        Guard().problem_of("https://" + text)


class TestCall:
    async def test_brings_the_answer(self) -> None:
        async with serving(OK) as (port, seen):
            outbound = Outbound(Guard(dev=True))
            answer = await outbound.post(f"http://127.0.0.1:{port}/logout?x=1", content=b"logout_token=x")
            await outbound.close()
        assert (answer.status, answer.body, answer.headers["x-seen"]) == (200, b"ok", "yes")
        assert seen[0].startswith(b"POST /logout?x=1 HTTP/1.1\r\n")

    @pytest.mark.parametrize("answers", [("127.0.0.1",), ("93.184.215.14", "10.0.0.1"), ("::ffff:169.254.169.254",)])
    async def test_a_name_that_points_inside_is_refused(self, answers: tuple[str, ...]) -> None:
        resolver, _ = naming(*answers)
        assert await reason_of(Outbound(Guard(), resolver=resolver), "https://idp.example.com/") == "refused"

    async def test_connects_to_the_address_that_was_checked(self) -> None:
        """One look-up a call: a name that changes its meaning afterwards (DNS rebinding) gains nothing."""
        async with serving(OK) as (port, seen):
            resolver, asked = naming("127.0.0.1")
            outbound = Outbound(Guard(dev=True), resolver=resolver)
            await outbound.get(f"http://idp.example.com:{port}/")
            assert asked == ["idp.example.com"]
            await outbound.get(f"http://idp.example.com:{port}/")
            assert asked == ["idp.example.com"] * 2
        assert f"Host: idp.example.com:{port}\r\n".encode() in seen[0]

    async def test_follows_no_redirect(self) -> None:
        async with serving(b"HTTP/1.1 302 Found\r\nLocation: http://10.0.0.1/\r\nContent-Length: 0\r\n\r\n") as (
            port,
            _,
        ):
            assert await reason_of(Outbound(Guard(dev=True)), f"http://127.0.0.1:{port}/") == "redirected"

    async def test_stops_at_its_size(self) -> None:
        async with serving(b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 5000) as (port, _):
            outbound = Outbound(Guard(dev=True), max_bytes=4999)
            assert await reason_of(outbound, f"http://127.0.0.1:{port}/") == "too_large"

    async def test_stops_at_its_time(self) -> None:
        async with serving(b"") as (port, _):
            outbound = Outbound(Guard(dev=True), total_seconds=0.1)
            assert await reason_of(outbound, f"http://127.0.0.1:{port}/") == "timeout"

    async def test_nobody_there(self) -> None:
        async with serving(OK) as (port, _):
            pass
        assert await reason_of(Outbound(Guard(dev=True)), f"http://127.0.0.1:{port}/") == "unreachable"

    async def test_not_http(self) -> None:
        async with serving(b"220 mail ready\r\n") as (port, _):
            assert await reason_of(Outbound(Guard(dev=True)), f"http://127.0.0.1:{port}/") == "unreachable"

    async def test_unknown_name(self) -> None:
        resolver, _ = naming()
        assert await reason_of(Outbound(Guard(), resolver=resolver), "https://idp.example.com/") == "unreachable"

    async def test_unsafe_url_is_not_even_looked_up(self) -> None:
        resolver, asked = naming("93.184.215.14")
        assert await reason_of(Outbound(Guard(), resolver=resolver), "http://idp.example.com/") == "malformed"
        assert asked == []


class TestTls:
    async def test_certificate_must_bear_the_name(self, tmp_path: Path) -> None:
        ours, theirs = _contexts(tmp_path, "idp.example.com")
        resolver, _ = naming("127.0.0.1")
        async with serving(OK, tls=theirs) as (port, _):
            outbound = Outbound(LOOPBACK, resolver=resolver, tls=ours)
            assert (await outbound.get(f"https://idp.example.com:{port}/")).body == b"ok"
            assert await reason_of(outbound, f"https://other.example.com:{port}/") == "unreachable"
            stranger = Outbound(LOOPBACK, resolver=resolver)
            assert await reason_of(stranger, f"https://idp.example.com:{port}/") == "unreachable"


def _contexts(folder: Path, name: str) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """Of a client that trusts, and of a server that has, a certificate for ``name``."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    begin = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(begin - datetime.timedelta(days=1))
        .not_valid_after(begin + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = folder / "both.pem"
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    pem.write_bytes(secret + certificate.public_bytes(serialization.Encoding.PEM))
    theirs = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    theirs.load_cert_chain(pem)
    return ssl.create_default_context(cafile=str(pem)), theirs
