"""Tenants on the wire (shapes of the public API)."""

from datetime import datetime
from typing import Annotated, Any, ClassVar, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, Field, StringConstraints

from vaultaris_directory.passwords.policy import PasswordPolicy
from vaultaris_directory.passwords.schemas import PasswordPolicyIn, PasswordPolicyOut
from vaultaris_directory.tenants.models import Tenant
from vaultaris_directory.tenants.settings import TenantSettings
from vaultaris_directory.tenants.slugs import slug_fault
from vaultaris_kit.http.fields import Colour, CreateBody, Description, HttpsUrl, Label, Name, UpdateBody
from vaultaris_kit.revocation import MAX_ACCESS_TOKEN_SECONDS

Status = Literal["active", "suspended", "archived"]


def _checked(slug: str) -> str:
    if fault := slug_fault(slug):
        raise ValueError(fault)
    return slug


Slug = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200), AfterValidator(_checked)]
TokenSeconds = Annotated[int, Field(ge=60, le=MAX_ACCESS_TOKEN_SECONDS)]


class TenantCreate(CreateBody):
    name: Name
    slug: Slug
    display_name: Label | None = None
    description: Description | None = None
    logo_url: HttpsUrl | None = None
    primary_color: Colour | None = None
    settings: TenantSettings = Field(default_factory=dict)
    password_policy: PasswordPolicyIn = Field(default_factory=PasswordPolicyIn)
    mfa_enabled: bool = True
    mfa_required: bool = False

    def fields(self) -> dict[str, Any]:
        """What the tenant begins with."""
        return {**self.model_dump(exclude={"password_policy"}), "password_policy": self.password_policy.changes()}


class TenantUpdate(UpdateBody):
    clearable: ClassVar[frozenset[str]] = frozenset({"display_name", "description", "logo_url", "primary_color"})

    name: Name | None = None
    display_name: Label | None = None
    description: Description | None = None
    logo_url: HttpsUrl | None = None
    primary_color: Colour | None = None
    settings: TenantSettings | None = None
    access_token_lifetime_seconds: TokenSeconds | None = None
    refresh_token_lifetime_seconds: int | None = Field(None, ge=300, le=31_536_000)
    id_token_lifetime_seconds: TokenSeconds | None = None
    authorization_code_lifetime_seconds: int | None = Field(None, ge=10, le=600)
    password_policy: PasswordPolicyIn | None = None
    mfa_enabled: bool | None = None
    mfa_required: bool | None = None
    status: Status | None = None

    def changes(self) -> dict[str, Any]:
        """As ever; of the password policy only the rules that were sent."""
        changes = super().changes()
        return {**changes, "password_policy": self.password_policy.changes()} if self.password_policy else changes


class TenantOut(BaseModel):
    id: UUID
    name: str
    slug: str
    display_name: str | None
    description: str | None
    logo_url: str | None
    primary_color: str | None
    settings: dict[str, Any]
    access_token_lifetime_seconds: int
    refresh_token_lifetime_seconds: int
    id_token_lifetime_seconds: int
    authorization_code_lifetime_seconds: int
    password_policy: PasswordPolicyOut
    mfa_enabled: bool
    mfa_required: bool
    version: int
    created_at: datetime
    updated_at: datetime
    status: str
    is_billing_shadow: bool
    host_tenant_id: UUID | None
    freeze_reason: str | None
    deleted_at: datetime | None


def tenant_fields(row: Tenant) -> dict[str, Any]:
    """The wire fields of a row."""
    fields = {name: getattr(row, name) for name in TenantOut.model_fields}
    return {**fields, "password_policy": PasswordPolicyOut(**PasswordPolicy.of(row.password_policy).as_json())}


def tenant_out(row: Tenant) -> TenantOut:
    return TenantOut(**tenant_fields(row))
