"""TLS at the gateway: the certificate of the secure port, and the plain port that then only sends people there."""

from urllib.parse import urlsplit

from vaultaris_gateway.extension import Config, extension
from vaultaris_gateway.settings import GatewaySettings

_HTTPS = 443


def transport_socket(settings: GatewaySettings) -> Config:
    """TLS 1.2 and 1.3 with HTTP/2 offered first. Envoy reads the files when it starts."""
    certificate = {
        "certificate_chain": {"filename": str(settings.gateway_tls_cert)},
        "private_key": {"filename": str(settings.gateway_tls_key)},
    }
    return extension(
        "envoy.transport_sockets.tls",
        "envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext",
        common_tls_context={
            "tls_params": {"tls_minimum_protocol_version": "TLSv1_2"},
            "alpn_protocols": ["h2", "http/1.1"],
            "tls_certificates": [certificate],
        },
    )


def redirect_to_https(settings: GatewaySettings) -> Config:
    """The route of everything on the plain port: to the external address, never to a host that a client names."""
    external = urlsplit(settings.external_url)
    return {
        "name": "to-https",
        "match": {"prefix": "/"},
        "redirect": {
            "scheme_redirect": "https",
            "host_redirect": external.hostname,
            "port_redirect": external.port or _HTTPS,
            "response_code": "PERMANENT_REDIRECT",
        },
    }
