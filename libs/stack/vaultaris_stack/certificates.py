"""Mutual TLS between the services: one authority a stack, one certificate a service, renewed before they end.

Runs as a job of the zygote, so the supervisor never loads the cryptography package.
"""

import datetime
import ipaddress
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from vaultaris_stack.paths import write_private

_AUTHORITY = "ca"
_AUTHORITY_LIFE = datetime.timedelta(days=3650)
_SERVICE_LIFE = datetime.timedelta(days=365)
_RENEW_BEFORE = datetime.timedelta(days=30)
_CLOCK_SKEW = datetime.timedelta(minutes=5)


@dataclass(frozen=True)
class Pair:
    """A certificate with its private key."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey


def certificate_path(folder: Path, name: str) -> Path:
    """Where the certificate of a service lies (PEM); the authority's is `ca`."""
    return folder / f"{name}.crt"


def key_path(folder: Path, name: str) -> Path:
    """Where the private key of a service lies (PEM, unencrypted, mode 0600)."""
    return folder / f"{name}.key"


def ensure_certificates(folder: str, *services: str) -> None:
    """Makes or renews what is missing, unreadable, or ends within 30 days. A new authority signs everybody anew."""
    before = os.umask(0o077)
    try:
        _ensure(Path(folder), services)
    finally:
        os.umask(before)


def _ensure(where: Path, services: Iterable[str]) -> None:
    authority = _load(where, _AUTHORITY)
    if authority is None or not _lasting(authority):
        authority = _issue(None, _AUTHORITY, _AUTHORITY_LIFE, _authority_extensions())
        _store(where, _AUTHORITY, authority)
    for service in services:
        pair = _load(where, service)
        if pair is None or not _lasting(pair) or not _signed_by(pair, authority):
            _store(where, service, _issue(authority, service, _SERVICE_LIFE, _service_extensions(service)))


def _load(folder: Path, name: str) -> Pair | None:
    """The stored pair, or None when there is none that fits together."""
    try:
        certificate = x509.load_pem_x509_certificate(certificate_path(folder, name).read_bytes())
        key = serialization.load_pem_private_key(key_path(folder, name).read_bytes(), password=None)
    except (FileNotFoundError, ValueError):
        return None
    if not isinstance(key, ec.EllipticCurvePrivateKey) or key.public_key() != certificate.public_key():
        return None
    return Pair(certificate, key)


def _store(folder: Path, name: str, pair: Pair) -> None:
    key = pair.key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    write_private(key_path(folder, name), key.decode())
    write_private(certificate_path(folder, name), pair.certificate.public_bytes(serialization.Encoding.PEM).decode())


def _lasting(pair: Pair) -> bool:
    return pair.certificate.not_valid_after_utc - datetime.datetime.now(datetime.UTC) > _RENEW_BEFORE


def _signed_by(pair: Pair, authority: Pair) -> bool:
    try:
        pair.certificate.verify_directly_issued_by(authority.certificate)
    except (InvalidSignature, ValueError, TypeError):  # another key, another name, another kind of key
        return False
    return True


def _issue(
    issuer: Pair | None, name: str, life: datetime.timedelta, extensions: list[tuple[x509.ExtensionType, bool]]
) -> Pair:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"vaultaris {name}" if issuer is None else name)])
    signer = issuer.key if issuer else key
    now = datetime.datetime.now(datetime.UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.certificate.subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _CLOCK_SKEW)
        .not_valid_after(now + life)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False)
    )
    for extension, critical in extensions:
        builder = builder.add_extension(extension, critical=critical)
    return Pair(builder.sign(signer, hashes.SHA256()), key)


def _authority_extensions() -> list[tuple[x509.ExtensionType, bool]]:
    return [
        (x509.BasicConstraints(ca=True, path_length=0), True),
        (_key_usage(digital_signature=False, signs_certificates=True), True),
    ]


def _service_extensions(service: str) -> list[tuple[x509.ExtensionType, bool]]:
    """The names that peers verify: the service itself and this machine; every service is both client and server."""
    names = [
        x509.DNSName(service),
        x509.DNSName("localhost"),
        x509.IPAddress(ipaddress.IPv4Address("127.0.0.1")),
    ]
    return [
        (x509.BasicConstraints(ca=False, path_length=None), True),
        (x509.SubjectAlternativeName(names), False),
        (_key_usage(digital_signature=True, signs_certificates=False), True),
        (x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH]), False),
    ]


def _key_usage(*, digital_signature: bool, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=digital_signature,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )
