"""Mutual TLS: every service has a certificate in its name, signed by the deployment's CA.

The files may be replaced while the process runs. A server reads the new ones at the next handshake, a client
when it next asks for a channel. Files that don't fit together, as while they are being replaced, change nothing.
"""

from dataclasses import dataclass
from pathlib import Path

import grpc
from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.x509.oid import NameOID

from vaultaris_kit.logs import get_logger
from vaultaris_kit.metrics import CERTIFICATE_ENDS
from vaultaris_kit.settings import Settings

log = get_logger(__name__)

_Stamp = tuple[tuple[int, int, int], ...]


@dataclass(frozen=True)
class Pem:
    """What the three files hold, known to fit together."""

    authorities: bytes
    certificate: bytes
    key: bytes


class Certificates:
    """The service's three files: what they last held when they fitted together."""

    def __init__(self, authorities: Path, certificate: Path, key: Path) -> None:
        """Raises OSError or ValueError when they can't be used: the process must not start."""
        self._paths = (authorities, certificate, key)
        self._stamp = self._look()
        self.pem = self._read()

    def renew(self) -> bool:
        """Reads the files again if they were replaced; whether ``pem`` is now another."""
        try:
            stamp = self._look()
            if stamp == self._stamp:
                return False
            pem = self._read()
        except (OSError, ValueError, UnsupportedAlgorithm) as fault:
            log.warning("certificate_unusable", file=str(self._paths[1]), reason=str(fault))
            return False
        self._stamp = stamp
        changed, self.pem = pem != self.pem, pem
        if changed:
            log.info("certificate_replaced", file=str(self._paths[1]))
        return changed

    def _look(self) -> _Stamp:
        found = [path.stat() for path in self._paths]
        return tuple((state.st_mtime_ns, state.st_ino, state.st_size) for state in found)

    def _read(self) -> Pem:
        pem = Pem(*(path.read_bytes() for path in self._paths))
        x509.load_pem_x509_certificates(pem.authorities)
        certificate = x509.load_pem_x509_certificates(pem.certificate)[0]
        key = serialization.load_pem_private_key(pem.key, password=None)
        if key.public_key() != certificate.public_key():
            raise ValueError("the key is not the certificate's")
        CERTIFICATE_ENDS.labels(_name_of(certificate)).set(certificate.not_valid_after_utc.timestamp())
        return pem


def _name_of(certificate: x509.Certificate) -> str:
    """The common name, as the label of a figure."""
    names = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(names[0].value) if names else ""


def certificates(settings: Settings) -> Certificates | None:
    """The service's certificates; None in development without TLS."""
    if not (settings.grpc_tls_ca and settings.grpc_tls_cert and settings.grpc_tls_key):
        return None
    return Certificates(settings.grpc_tls_ca, settings.grpc_tls_cert, settings.grpc_tls_key)


def server_credentials(held: Certificates) -> grpc.ServerCredentials:
    """Credentials that demand a client certificate; the files are looked at before every handshake."""

    def renewed() -> grpc.ServerCertificateConfiguration | None:
        return _server_configuration(held.pem) if held.renew() else None

    return grpc.dynamic_ssl_server_credentials(
        _server_configuration(held.pem),
        renewed,  # type: ignore[arg-type]  # the stubs don't know that None means: as before
        require_client_authentication=True,
    )


def _server_configuration(pem: Pem) -> grpc.ServerCertificateConfiguration:
    return grpc.ssl_server_certificate_configuration([(pem.key, pem.certificate)], root_certificates=pem.authorities)


def channel_credentials(pem: Pem) -> grpc.ChannelCredentials:
    """Credentials of a calling service."""
    return grpc.ssl_channel_credentials(pem.authorities, pem.key, pem.certificate)
