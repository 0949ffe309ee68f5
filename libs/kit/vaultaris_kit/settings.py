"""Configuration from the environment, refused early when it is wrong or unsafe.

Every field is read from the environment variable of the same name in capitals, or from the file
that ``<NAME>_FILE`` names (container secrets). ``docs/configuration.md`` lists them all.
"""

import os
import ssl
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic.fields import FieldInfo
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from vaultaris_kit.valkey import parse_valkey

PLACEHOLDER = "change-me-in-production"
ENCRYPTION_KEY_BYTES = 32

CommaList = Annotated[tuple[str, ...], NoDecode]
SecretList = Annotated[tuple[SecretStr, ...], NoDecode]


class SecretFiles(PydanticBaseSettingsSource):
    """Reads ``NAME`` from the file that ``NAME_FILE`` points to; the trailing newline is not part of it."""

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:  # noqa: ARG002 - the base's signature
        path = os.environ.get(f"{field_name.upper()}_FILE")
        value = Path(path).read_text(encoding="utf-8").rstrip("\n") if path else None
        return value, field_name, False

    def __call__(self) -> dict[str, Any]:
        found = {name: self.get_field_value(field, name)[0] for name, field in self.settings_cls.model_fields.items()}
        return {name: value for name, value in found.items() if value is not None}


class Settings(BaseSettings):
    """What every service needs; a service adds its own fields in a subclass."""

    model_config = SettingsConfigDict(env_file=".env", extra="ignore", frozen=True, env_ignore_empty=True)

    dev: bool = Field(False, description="Development mode: placeholder secrets and plain gRPC are tolerated.")
    server_host: str = Field("0.0.0.0", description="Address the process binds.")  # noqa: S104 - a container listens on all
    server_port: int = Field(8080, ge=0, le=65535, description="HTTP port.")
    grpc_port: int = Field(9090, ge=0, le=65535, description="gRPC port.")
    external_url: str = Field("http://127.0.0.1:8080", description="Public base of every link and of `iss`.")
    jwt_issuer: str = Field("", description="`iss` of every token; EXTERNAL_URL when empty.")
    jwt_secret: SecretStr = Field(SecretStr(PLACEHOLDER), description="HS256 key of internal short-lived tokens.")
    encryption_key: SecretStr = Field(
        SecretStr(f"{PLACEHOLDER}-32-chars"[:ENCRYPTION_KEY_BYTES]),
        description="AES-256 key, exactly 32 bytes.",
    )

    dpop_require_nonce: bool = Field(False, description="DPoP proofs must carry a nonce that this server gave.")

    jwt_secret_also_accepted: SecretList = Field(
        (), description="Other values of JWT_SECRET that still count, comma separated: while it is being changed."
    )
    encryption_key_also_accepted: SecretList = Field(
        (), description="Other values of ENCRYPTION_KEY that still open what they sealed: while it is being changed."
    )

    database_url: SecretStr = Field(
        SecretStr("postgresql://postgres:postgres@127.0.0.1:5432/postgres"),
        description="PostgreSQL connection; several hosts, comma separated, for the one that can be written to.",
    )
    stores_tls_ca: str = Field(
        "", description="PEM file of the authorities of PostgreSQL, Valkey and NATS over TLS; empty = the system's."
    )
    database_pooler: Literal["none", "transaction"] = Field(
        "none", description="`transaction`: a pooler in transaction mode, such as PgBouncer, stands before PostgreSQL."
    )
    database_max_connections: int = Field(10, ge=1, le=500, description="Pool maximum per process.")
    database_min_connections: int = Field(
        1, ge=0, le=500, description="Connections that a process opens before it needs them."
    )
    database_acquire_timeout_secs: float = Field(30, gt=0, le=300, description="Wait for a pooled connection.")
    database_return_secs: float = Field(
        2.5, ge=0, le=60, description="How long a request waits for a database that is away, such as one that restarts."
    )
    database_silence_secs: float = Field(
        5, gt=0, le=60, description="How long PostgreSQL may answer nobody at all; then it counts as hung: 503."
    )

    redis_url: SecretStr = Field(
        SecretStr(""), description="Valkey or Redis, its sentinels or cluster; empty means none."
    )
    nats_url: SecretStr = Field(
        SecretStr("nats://127.0.0.1:4222"), description="NATS servers, comma separated: any of a cluster."
    )
    nats_replicas: int = Field(1, ge=1, le=5, description="Copies that a cluster of NATS servers keeps of each event.")

    auth_grpc: str = Field("auth:9090", description="Where auth answers gRPC.")
    directory_grpc: str = Field("directory:9090", description="Where directory answers gRPC.")
    policy_grpc: str = Field("policy:9090", description="Where policy answers gRPC.")
    sessions_grpc: str = Field("sessions:9090", description="Where sessions answers gRPC.")
    audit_grpc: str = Field("audit:9090", description="Where audit answers gRPC.")
    grpc_tls_ca: Path | None = Field(None, description="CA of the services' certificates (PEM).")
    grpc_tls_cert: Path | None = Field(None, description="This service's certificate (PEM).")
    grpc_tls_key: Path | None = Field(None, description="Key of that certificate (PEM).")

    request_timeout_secs: float = Field(30, gt=0, le=300, description="Hard limit of one request.")
    drain_seconds: float = Field(0, ge=0, le=300, description="How long to serve on after SIGTERM before closing.")
    shutdown_grace_seconds: float = Field(25, ge=0, le=300, description="How long in-flight requests may take to end.")
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="Least level logged.")
    log_format: Literal["json", "text"] = Field("json", description="One JSON object a line, or text for people.")
    otel_exporter_otlp_endpoint: str = Field("", description="OTLP gRPC collector; empty switches tracing off.")
    cors_allowed_origins: CommaList = Field((), description="Origins that browsers may call from.")
    outbound_allowed_networks: CommaList = Field(
        (), description="Private networks (CIDR) that URLs set by tenants may lead to; else only public addresses."
    )

    @field_validator("cors_allowed_origins", "outbound_allowed_networks", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value

    @field_validator("outbound_allowed_networks")
    @classmethod
    def _are_networks(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for each in value:
            ip_network(each)
        return value

    @field_validator("redis_url")
    @classmethod
    def _is_valkey(cls, value: SecretStr) -> SecretStr:
        if value.get_secret_value():
            parse_valkey(value.get_secret_value())
        return value

    @field_validator("stores_tls_ca")
    @classmethod
    def _holds_authorities(cls, value: str) -> str:
        if value:
            try:
                ssl.create_default_context(cafile=value)
            except OSError as fault:  # of the file, or of what is in it
                raise ValueError(f"no certificates can be read from it: {fault.strerror or fault}") from fault
        return value

    @field_validator("external_url", "jwt_issuer")
    @classmethod
    def _no_trailing_slash(cls, value: str) -> str:
        return value.rstrip("/")

    @field_validator("jwt_secret_also_accepted", "encryption_key_also_accepted", mode="before")
    @classmethod
    def _split_secrets(cls, value: object) -> object:
        return tuple(part for part in value.split(",") if part) if isinstance(value, str) else value

    @model_validator(mode="after")
    def _refuse_unsafe(self) -> Self:
        if any(len(key) != ENCRYPTION_KEY_BYTES for key in self.encryption_keys):
            raise ValueError("ENCRYPTION_KEY must be exactly 32 bytes, and each of ENCRYPTION_KEY_ALSO_ACCEPTED")
        tls = (self.grpc_tls_ca, self.grpc_tls_cert, self.grpc_tls_key)
        if any(tls) and not all(tls):
            raise ValueError("GRPC_TLS_CA, GRPC_TLS_CERT and GRPC_TLS_KEY go together")
        if self.dev:
            return self
        if any(PLACEHOLDER in secret.get_secret_value() for secret in (self.jwt_secret, self.encryption_key)):
            raise ValueError("JWT_SECRET and ENCRYPTION_KEY still hold their placeholder; set them or DEV=true")
        if not all(tls):
            raise ValueError("mutual TLS between services is compulsory: set GRPC_TLS_CA, _CERT and _KEY, or DEV=true")
        return self

    @property
    def encryption_keys(self) -> tuple[bytes, ...]:
        """The key that seals, and after it those that only open."""
        every = (self.encryption_key, *self.encryption_key_also_accepted)
        return tuple(key.get_secret_value().encode() for key in every)

    @property
    def jwt_secrets(self) -> tuple[str, ...]:
        """The secret that signs, and after it those that only verify."""
        return tuple(secret.get_secret_value() for secret in (self.jwt_secret, *self.jwt_secret_also_accepted))

    @property
    def issuer(self) -> str:
        """``iss`` of every token, without a trailing slash."""
        return self.jwt_issuer or self.external_url

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - replaced by SecretFiles
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return init_settings, env_settings, SecretFiles(settings_cls), dotenv_settings
