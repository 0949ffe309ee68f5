"""Configuration of this service, beside what every service needs."""

from pydantic import Field

from vaultaris_kit.settings import Settings

_DAY = 86_400


class AuthSettings(Settings):
    """Lifetimes that no tenant sets for itself."""

    refresh_absolute_lifetime_secs: int = Field(
        90 * _DAY, ge=60, le=366 * _DAY, description="How long refreshing can prolong one sign-in, in seconds."
    )
    refresh_overlap_secs: float = Field(
        5, ge=0, le=60, description="How long a retry of the very same refresh request gets the same answer; 0: never."
    )
