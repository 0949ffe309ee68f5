"""What the gateway is told by the environment; the same names locally, under Compose and in Kubernetes."""

import ipaddress
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, NamedTuple, Self
from urllib.parse import urlsplit

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator, model_validator
from pydantic_settings import NoDecode

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class Address(NamedTuple):
    """Where one process listens."""

    host: str
    port: int

    @property
    def is_literal(self) -> bool:
        """True for an IP address, False for a name that DNS must answer."""
        try:
            ipaddress.ip_address(self.host)
        except ValueError:
            return False
        return True

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


def parse_address(text: str) -> Address:
    """``host:port`` or ``[v6]:port``. Raises ValueError for anything else."""
    parts = urlsplit(f"//{text}")
    if not parts.hostname or parts.port is None or parts.path or parts.username:
        raise ValueError(f"{text!r} is not host:port")
    return Address(parts.hostname, parts.port)


def _parts(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _split(value: object) -> object:
    return _parts(value) if isinstance(value, str) else value


def _addresses(value: object) -> object:
    return tuple(parse_address(part) for part in _parts(value)) if isinstance(value, str) else value


Addresses = Annotated[tuple[Address, ...], NoDecode, BeforeValidator(_addresses), Field(min_length=1)]
CommaList = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_split)]
Networks = Annotated[tuple[Network, ...], NoDecode, BeforeValidator(_split)]


class RateLimits(BaseModel):
    """The two windows that every client address has."""

    rate_limit_max_requests: int = Field(120, ge=1, description="Requests per window and client address.")
    rate_limit_window_secs: int = Field(60, ge=1, le=86_400, description="Length of the sliding window.")
    rate_limit_credential_max_requests: int = Field(
        30, ge=1, description="The tighter limit of endpoints that take a credential; they count in both windows."
    )


class ServiceAddresses(BaseModel):
    """Where the services answer HTTP: ``host:port``, several separated by commas."""

    auth_http: Addresses = Field((Address("auth", 8080),), description="Where auth answers HTTP.")
    directory_http: Addresses = Field((Address("directory", 8080),), description="Where directory answers HTTP.")
    policy_http: Addresses = Field((Address("policy", 8080),), description="Where policy answers HTTP.")
    policy_public_grpc: Addresses = Field(
        (Address("policy", 9091),), description="Where policy answers the public gRPC API."
    )
    sessions_http: Addresses = Field((Address("sessions", 8080),), description="Where sessions answers HTTP.")
    plugins_http: Addresses = Field((Address("plugins", 8080),), description="Where plugins answers HTTP.")
    audit_http: Addresses = Field((Address("audit", 8080),), description="Where audit answers HTTP.")

    def services(self) -> dict[str, tuple[Address, ...]]:
        """Addresses by service name."""
        return {
            "auth": self.auth_http,
            "directory": self.directory_http,
            "policy": self.policy_http,
            "sessions": self.sessions_http,
            "plugins": self.plugins_http,
            "audit": self.audit_http,
        }


class GatewaySettings(RateLimits, ServiceAddresses):
    """All that decides Envoy's configuration."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    server_host: str = Field("0.0.0.0", description="Address Envoy listens on.")  # noqa: S104 - a container listens on all
    server_port: int = Field(8080, ge=1, le=65535, description="Port Envoy listens on.")
    edge_http: Addresses = Field((Address("edge", 8080),), description="Where edge answers HTTP.")
    edge_limiter: Addresses = Field((Address("edge", 8081),), description="Where edge's limiter answers Envoy.")
    external_url: str = Field("http://127.0.0.1:8080", pattern="^https?://", description="Public base address.")
    request_timeout_secs: float = Field(30, gt=0, le=300, description="Hard limit of one request.")
    trusted_proxies: Networks = Field((), description="Networks whose X-Forwarded-For is believed.")
    cors_allowed_origins: CommaList = Field((), description="Origins that browsers may call from; `*` = any.")
    gateway_tls_cert: Path | None = Field(None, description="Certificate chain of the gateway (PEM); empty = no TLS.")
    gateway_tls_key: Path | None = Field(None, description="Key of that certificate (PEM).")
    gateway_tls_port: int = Field(8443, ge=1, le=65535, description="Port of the gateway for TLS, when it has it.")
    envoy_max_heap_mib: int = Field(
        192, ge=64, description="Heap at which Envoy refuses requests, in MiB; about 70 % of its memory limit."
    )
    envoy_admin_socket: str = Field("", description="Unix socket of Envoy's admin interface; empty = none.")
    otel_exporter_otlp_endpoint: str = Field("", description="OTLP gRPC collector; empty switches tracing off.")

    @field_validator("cors_allowed_origins")
    @classmethod
    def _origins_only(cls, origins: tuple[str, ...]) -> tuple[str, ...]:
        for origin in origins:
            parts = urlsplit(origin)
            if origin != "*" and (not parts.scheme or not parts.netloc or parts.path or parts.query):
                raise ValueError(f"CORS_ALLOWED_ORIGINS: {origin!r} is not an origin such as https://app.example.com")
        return origins

    @model_validator(mode="after")
    def _whole_tls(self) -> Self:
        if (self.gateway_tls_cert is None) != (self.gateway_tls_key is None):
            raise ValueError("GATEWAY_TLS_CERT and GATEWAY_TLS_KEY go together")
        if self.has_tls and not self.is_https:
            raise ValueError("with GATEWAY_TLS_CERT, EXTERNAL_URL must begin with https://")
        return self

    @property
    def has_tls(self) -> bool:
        """True when TLS ends here."""
        return self.gateway_tls_cert is not None

    @property
    def is_https(self) -> bool:
        """True when clients reach us over TLS, terminated here or in front of Envoy."""
        return self.external_url.startswith("https://")

    @classmethod
    def read(cls, environ: Mapping[str, str]) -> "GatewaySettings":
        """Settings from ``NAME`` or the file named by ``NAME_FILE``. Raises ValidationError on a bad value."""
        found: dict[str, Any] = {}
        for name in cls.model_fields:
            value = environ.get(name.upper(), "")
            path = environ.get(f"{name.upper()}_FILE", "")
            if value or path:
                found[name] = value or Path(path).read_text(encoding="utf-8").strip()
        return cls.model_validate(found)
