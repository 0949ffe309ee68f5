"""The settings of a tenant: free, but for the keys that the product itself reads."""

import re
import zoneinfo
from functools import cache
from typing import Annotated, Any

import email_validator
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

from vaultaris_kit.http.fields import HttpsUrl, JsonObject

MAX_CSS_CHARS = 20_000
_MAX_SESSION_SECONDS = 366 * 86_400
_MARKUP = re.compile(r"[<\x00-\x08\x0b\x0c\x0e-\x1f]")


def _css(text: str) -> str:
    if _MARKUP.search(text):
        raise ValueError("must be CSS alone: no markup and no control characters")
    return text


def _domain(text: str) -> str:
    try:
        return email_validator.validate_email(
            f"x@{text}", check_deliverability=False, globally_deliverable=False
        ).ascii_domain  # fmt: skip
    except email_validator.EmailNotValidError as fault:
        raise ValueError("must be a domain name") from fault


@cache
def _timezones() -> frozenset[str]:
    return frozenset(zoneinfo.available_timezones())


def _timezone(name: str) -> str:
    if name not in _timezones():
        raise ValueError("must be a name of the IANA time zone database")
    return name


Css = Annotated[str, Field(max_length=MAX_CSS_CHARS), AfterValidator(_css)]
WelcomeText = Annotated[str, StringConstraints(max_length=2000)]
Domain = Annotated[str, StringConstraints(strip_whitespace=True, max_length=253), AfterValidator(_domain)]
Locale = Annotated[str, Field(max_length=35, pattern=r"^[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8})*$")]
Timezone = Annotated[str, Field(max_length=64), AfterValidator(_timezone)]
Seconds = Annotated[int, Field(ge=60, le=_MAX_SESSION_SECONDS)]


class _Free(BaseModel):
    """Other keys are the tenant's own affair."""

    model_config = ConfigDict(extra="allow", strict=True)


class Branding(_Free):
    custom_css: Css | None = None
    welcome_text: WelcomeText | None = None
    favicon_url: HttpsUrl | None = None


class SessionRules(_Free):
    """How long a session may rest, and last."""

    idle_seconds: Seconds | None = None
    absolute_seconds: Seconds | None = None

    @model_validator(mode="after")
    def _rest_within_life(self) -> "SessionRules":
        if self.idle_seconds and self.absolute_seconds and self.idle_seconds > self.absolute_seconds:
            raise ValueError("idle_seconds must not exceed absolute_seconds")
        return self


class KnownSettings(_Free):
    """The keys with a meaning."""

    branding: Branding | None = None
    registration_enabled: bool | None = None
    allowed_email_domains: Annotated[list[Domain], Field(max_length=100)] | None = None
    session: SessionRules | None = None
    locale: Locale | None = None
    timezone: Timezone | None = None


def _known(settings: dict[str, Any]) -> dict[str, Any]:
    """The settings as they were sent; raises ``ValueError`` with the first key that holds what it can't."""
    try:
        KnownSettings.model_validate(settings)
    except ValidationError as fault:
        first = fault.errors(include_url=False, include_input=False)[0]
        raise ValueError(f"{'.'.join(map(str, first['loc']))}: {first['msg']}") from None
    return settings


TenantSettings = Annotated[JsonObject, AfterValidator(_known)]
