"""Configuration of this service, beside what every service needs."""

from pydantic import Field, SecretStr

from vaultaris_kit.settings import Settings


class AuditSettings(Settings):
    """What only this service needs."""

    database_read_url: SecretStr = Field(
        SecretStr(""), description="A replica of PostgreSQL to read the trail from; empty: DATABASE_URL."
    )
