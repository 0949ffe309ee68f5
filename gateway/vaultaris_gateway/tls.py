"""TLS at the gateway: the certificate of the secure port, and the plain port that then only sends people there."""

from pathlib import Path
from urllib.parse import urlsplit

from vaultaris_gateway.extension import Config, extension, typed
from vaultaris_gateway.settings import GatewaySettings

SECRETS_FILE = "envoy-secrets.yaml"
_CERTIFICATE = "gateway"
_HTTPS = 443


def transport_socket(folder: Path) -> Config:
    """TLS 1.2 and 1.3 with HTTP/2 offered first. The certificate may change: only a discovered one is watched."""
    source = {"path_config_source": {"path": str(folder / SECRETS_FILE)}, "resource_api_version": "V3"}
    return extension(
        "envoy.transport_sockets.tls",
        "envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext",
        common_tls_context={
            "tls_params": {"tls_minimum_protocol_version": "TLSv1_2"},
            "alpn_protocols": ["h2", "http/1.1"],
            "tls_certificate_sds_secret_configs": [{"name": _CERTIFICATE, "sds_config": source}],
        },
    )


def secrets(settings: GatewaySettings) -> Config:
    """The file that names the certificate. Envoy reads both files again when something is renamed in their folder.

    A pair that doesn't fit together, as between two renames, is refused, and the one before it goes on.
    """
    chain, key = settings.gateway_tls_cert, settings.gateway_tls_key
    certificate = {
        "certificate_chain": {"filename": str(chain)},
        "private_key": {"filename": str(key)},
        "watched_directory": {"path": str(chain.parent if chain else "")},
    }
    secret = typed("envoy.extensions.transport_sockets.tls.v3.Secret", name=_CERTIFICATE, tls_certificate=certificate)
    return {"resources": [secret]}


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
