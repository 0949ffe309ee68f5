"""Applications on the wire (shapes of the public API)."""

from datetime import datetime
from typing import Annotated, Any, ClassVar
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from vaultaris_directory.tenants.schemas import TokenSeconds
from vaultaris_directory.tenants.slugs import slug_fault
from vaultaris_kit.http.fields import Colour, CreateBody, Description, JsonObject, Label, Name, UpdateBody, Url

MAX_ENTRIES = 100


def _checked(slug: str) -> str:
    if fault := slug_fault(slug, reserved=frozenset()):
        raise ValueError(fault)
    return slug


Slug = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200), AfterValidator(_checked)]
"""Of the form that a tenant's has. It stands in no address of ours, so that no word is reserved."""

Entry = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"^[^\s\x00-\x1f]+$")]
Entries = Annotated[list[Entry], Field(max_length=MAX_ENTRIES)]
Urls = Annotated[list[Url], Field(max_length=MAX_ENTRIES)]
RefreshSeconds = Annotated[int, Field(ge=300, le=31_536_000)]


class ApplicationCreate(CreateBody):
    slug: Slug
    name: Name
    display_name: Label | None = None
    description: Description | None = None
    logo_url: Url | None = None
    homepage_url: Url | None = None
    primary_color: Colour | None = None
    redirect_uris_base: Urls = Field(default_factory=list)
    allowed_scopes: Entries = Field(default_factory=list)
    allowed_audiences: Entries = Field(default_factory=list)
    access_token_lifetime_seconds: TokenSeconds | None = None
    refresh_token_lifetime_seconds: RefreshSeconds | None = None
    id_token_lifetime_seconds: TokenSeconds | None = None
    is_active: bool = True
    isolation_enabled: bool = False
    settings: JsonObject = Field(default_factory=dict)


class ApplicationUpdate(UpdateBody):
    """The slug stays what it is."""

    clearable: ClassVar[frozenset[str]] = frozenset(
        {
            "display_name", "description", "logo_url", "homepage_url", "primary_color",
            "access_token_lifetime_seconds", "refresh_token_lifetime_seconds", "id_token_lifetime_seconds",
        }
    )  # fmt: skip

    name: Name | None = None
    display_name: Label | None = None
    description: Description | None = None
    logo_url: Url | None = None
    homepage_url: Url | None = None
    primary_color: Colour | None = None
    redirect_uris_base: Urls | None = None
    allowed_scopes: Entries | None = None
    allowed_audiences: Entries | None = None
    access_token_lifetime_seconds: TokenSeconds | None = None
    refresh_token_lifetime_seconds: RefreshSeconds | None = None
    id_token_lifetime_seconds: TokenSeconds | None = None
    is_active: bool | None = None
    isolation_enabled: bool | None = None
    settings: JsonObject | None = None


class ApplicationOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: UUID
    tenant_id: UUID
    slug: str
    name: str
    display_name: str | None
    description: str | None
    logo_url: str | None
    homepage_url: str | None
    primary_color: str | None
    redirect_uris_base: list[str]
    allowed_scopes: list[str]
    allowed_audiences: list[str]
    access_token_lifetime_seconds: int | None
    refresh_token_lifetime_seconds: int | None
    id_token_lifetime_seconds: int | None
    is_active: bool
    isolation_enabled: bool
    settings: dict[str, Any]
    created_at: datetime
    updated_at: datetime
    freeze_reason: str | None
