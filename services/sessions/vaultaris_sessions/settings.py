"""Configuration of this service, beside what every service needs."""

from pydantic import Field

from vaultaris_kit.settings import Settings


class SessionsSettings(Settings):
    """How long sessions live, all in seconds."""

    session_idle_secs: int = Field(1800, ge=60, le=30 * 86_400, description="A session idle for so long expires.")
    session_absolute_secs: int = Field(36_000, ge=60, le=365 * 86_400, description="Longest life of a session.")
    session_sweep_secs: float = Field(30, ge=1, le=3600, description="How often expired sessions are marked.")
