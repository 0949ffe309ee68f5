"""Configuration of this service, beside what every service needs."""

from pydantic import Field

from vaultaris_kit.settings import Settings

_DAY = 86_400


class AuthSettings(Settings):
    """Lifetimes that no tenant sets for itself."""

    refresh_absolute_lifetime_secs: int = Field(
        90 * _DAY, ge=60, le=366 * _DAY, description="How long refreshing can prolong one sign-in, in seconds."
    )
    signing_key_rotation_days: float = Field(
        90, ge=0, le=3660, description="How old a signing key grows before its successor signs; 0: on demand only."
    )
    signing_key_publish_secs: int = Field(
        3600, ge=60, le=30 * _DAY, description="How long a scheduled successor is published before it signs."
    )
    refresh_overlap_secs: float = Field(
        5, ge=0, le=60, description="How long a retry of the very same refresh request gets the same answer; 0: never."
    )
