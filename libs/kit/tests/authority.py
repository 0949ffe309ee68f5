"""A private certificate authority for tests, and a front that ends TLS before a server that can't."""

import asyncio
import contextlib
import datetime
import ipaddress
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

Greet = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@dataclass(frozen=True)
class Authority:
    """``ca`` is its certificate; ``certificate`` and ``key`` are those of a server at 127.0.0.1 (PEM files)."""

    ca: Path
    certificate: Path
    key: Path

    @property
    def server_context(self) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificate, self.key)
        return context


def make_authority(folder: Path) -> Authority:
    folder.mkdir()
    root_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    root = _sign(_name(folder.name), root_key.public_key(), _name(folder.name), root_key, authority=True)
    leaf = _sign(_name("store"), key.public_key(), root.subject, root_key, authority=False)
    made = Authority(folder / "ca.crt", folder / "tls.crt", folder / "tls.key")
    made.ca.write_bytes(root.public_bytes(serialization.Encoding.PEM))
    made.certificate.write_bytes(leaf.public_bytes(serialization.Encoding.PEM))
    made.key.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return made


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])


def _sign(
    subject: x509.Name,
    public: ec.EllipticCurvePublicKey,
    issuer: x509.Name,
    signer: ec.EllipticCurvePrivateKey,
    *,
    authority: bool,
) -> x509.Certificate:
    begin = datetime.datetime.now(datetime.UTC) - datetime.timedelta(hours=1)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(begin)
        .not_valid_after(begin + datetime.timedelta(days=2))
        .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .sign(signer, hashes.SHA256())
    )


async def postgres_greeting(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Grants a client of PostgreSQL the TLS that it asks for in the open; hangs up on one that doesn't."""
    if await reader.readexactly(8) != b"\0\0\0\x08\x04\xd2\x16\x2f":
        raise ConnectionError("no TLS was asked for")
    writer.write(b"S")


@asynccontextmanager
async def tls_before(port: int, authority: Authority, greet: Greet | None = None) -> AsyncIterator[int]:
    """The port of a front that passes on to ``port`` what comes over TLS, and nothing else."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            if greet:
                await greet(reader, writer)
            await writer.start_tls(authority.server_context)
            there, back = await asyncio.open_connection("127.0.0.1", port)
        except (OSError, asyncio.IncompleteReadError):  # a client that does not trust us, or speaks no TLS
            writer.transport.abort()
            return
        await asyncio.gather(_copy(reader, back), _copy(there, writer))

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    writer.close()
