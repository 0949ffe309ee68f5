"""What edge is told by the environment."""

from typing import Literal, Self

from pydantic import Field, model_validator

from vaultaris_gateway.settings import RateLimits, ServiceAddresses
from vaultaris_kit.settings import Settings

MailProvider = Literal["smtp", "sendgrid", "mailgun", "ses", "brevo"]


class EdgeSettings(Settings, RateLimits, ServiceAddresses):
    """Edge keeps no data and calls nobody over gRPC: it needs neither keys nor certificates."""

    limiter_port: int = Field(8081, ge=0, le=65535, description="Port on which only Envoy asks the limiter.")
    envoy_admin_socket: str = Field("", description="Envoy's admin socket, for its figures in /metrics; empty = none.")
    email_enabled: bool = Field(False, description="Whether mail is sent at all.")
    email_provider: MailProvider = Field("smtp", description="Who sends it.")

    @model_validator(mode="after")
    def _refuse_unsafe(self) -> Self:
        """Overrides the kit's check: placeholders of secrets that edge never reads are no danger here."""
        return self
