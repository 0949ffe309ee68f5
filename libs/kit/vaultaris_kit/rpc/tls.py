"""Mutual TLS: every service has a certificate in its name, signed by the deployment's CA."""

import grpc

from vaultaris_kit.settings import Settings


def server_credentials(settings: Settings) -> grpc.ServerCredentials | None:
    """Credentials that demand a client certificate; None in development without TLS."""
    if not (settings.grpc_tls_ca and settings.grpc_tls_cert and settings.grpc_tls_key):
        return None
    return grpc.ssl_server_credentials(
        [(settings.grpc_tls_key.read_bytes(), settings.grpc_tls_cert.read_bytes())],
        root_certificates=settings.grpc_tls_ca.read_bytes(),
        require_client_auth=True,
    )


def channel_credentials(settings: Settings) -> grpc.ChannelCredentials | None:
    """Credentials of a calling service; None in development without TLS."""
    if not (settings.grpc_tls_ca and settings.grpc_tls_cert and settings.grpc_tls_key):
        return None
    return grpc.ssl_channel_credentials(
        settings.grpc_tls_ca.read_bytes(),
        settings.grpc_tls_key.read_bytes(),
        settings.grpc_tls_cert.read_bytes(),
    )
