"""The password policy on the wire."""

from typing import ClassVar, Literal

from pydantic import BaseModel, Field

from vaultaris_directory.passwords.policy import MAX_PASSWORD_CHARS
from vaultaris_kit.http.fields import UpdateBody


class PasswordPolicyIn(UpdateBody):
    """What a tenant sets. It merges: null gives a rule back to its default."""

    clearable: ClassVar[frozenset[str]] = frozenset(
        {
            "min_length", "max_length", "require_uppercase", "require_lowercase", "require_numbers", "require_symbols",
            "disallow_username", "disallow_common", "history_count", "max_age_days", "max_failed_attempts",
            "lockout_duration_seconds", "assurance",
        }
    )  # fmt: skip

    min_length: int | None = Field(None, ge=4, le=128)
    max_length: int | None = Field(None, ge=64, le=MAX_PASSWORD_CHARS)
    require_uppercase: bool | None = None
    require_lowercase: bool | None = None
    require_numbers: bool | None = None
    require_symbols: bool | None = None
    disallow_username: bool | None = None
    disallow_common: bool | None = None
    history_count: int | None = Field(None, ge=0, le=24)
    max_age_days: int | None = Field(None, ge=1, le=3650)
    max_failed_attempts: int | None = Field(None, ge=1, le=100)
    lockout_duration_seconds: int | None = Field(None, ge=1, le=86_400)
    assurance: Literal["single_factor", "multi_factor"] | None = None


class PasswordPolicyOut(BaseModel):
    """The policy in force."""

    min_length: int
    max_length: int
    require_uppercase: bool
    require_lowercase: bool
    require_numbers: bool
    require_symbols: bool
    disallow_username: bool
    disallow_common: bool
    history_count: int
    max_age_days: int | None
    max_failed_attempts: int
    lockout_duration_seconds: int
    assurance: str | None
