"""Certificates of SAML providers: taken as PEM or bare base64, kept as PEM, told by their fingerprints only."""

import binascii
from base64 import b64decode

from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding

MAX_CHARS = 16 * 1024


def as_pem(text: str) -> str:
    """The one X.509 certificate in ``text``, as PEM. Raises ValueError when it holds anything else."""
    try:
        certificate = _parse(text.strip())
    except (ValueError, binascii.Error) as fault:
        raise ValueError("must be one X.509 certificate, as PEM or base64") from fault
    return certificate.public_bytes(Encoding.PEM).decode()


def _parse(text: str) -> x509.Certificate:
    if "-----" not in text:
        return x509.load_der_x509_certificate(b64decode("".join(text.split()), validate=True))
    if text.count("-----BEGIN ") != 1 or not text.startswith("-----BEGIN CERTIFICATE-----"):
        raise ValueError("not one certificate")
    return x509.load_pem_x509_certificate(text.encode())


def fingerprint(pem: str | None) -> str | None:
    """SHA-256 of a certificate, lower-case hex."""
    return None if pem is None else x509.load_pem_x509_certificate(pem.encode()).fingerprint(SHA256()).hex()
