"""Configuration of this service, beside what every service needs."""

from uuid import UUID

from pydantic import Field, SecretStr, field_validator

from vaultaris_kit.settings import Settings

MIN_TOKEN_CHARS = 32


class PolicySettings(Settings):
    """The public gRPC API, and what Kubernetes clusters need."""

    public_grpc_port: int = Field(
        9091, ge=0, le=65535, description="Port of the public gRPC API, for the gateway alone."
    )

    recent_questions_per_tenant: int = Field(
        500,
        ge=0,
        le=2_000,
        description="Questions that a process remembers for simulations, without contexts; 0: none.",
    )
    k8s_service_token: SecretStr = Field(
        SecretStr(""), description="Token of Kubernetes API servers, at least 32 characters; empty: only API keys."
    )
    k8s_tenant_id: UUID | None = Field(
        None, description="Tenant whose users clusters with that token know; empty: that of the reviewed token."
    )

    @field_validator("k8s_service_token")
    @classmethod
    def _long_enough(cls, value: SecretStr) -> SecretStr:
        if 0 < len(value.get_secret_value()) < MIN_TOKEN_CHARS:
            raise ValueError(f"must have at least {MIN_TOKEN_CHARS} characters")
        return value
