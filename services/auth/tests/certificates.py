"""A self-signed certificate for the tests."""

import datetime
from base64 import b64encode

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID


def certificate() -> tuple[str, str, str]:
    """As PEM, as bare base64, and its SHA-256 fingerprint."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "idp.example.com")])
    begin = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(begin)
        .not_valid_after(begin + datetime.timedelta(days=3650))
        .sign(key, SHA256())
    )
    pem, der = made.public_bytes(Encoding.PEM).decode(), made.public_bytes(Encoding.DER)
    return pem, b64encode(der).decode(), made.fingerprint(SHA256()).hex()
