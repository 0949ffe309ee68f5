"""HTTP shapes of identity providers."""

from datetime import datetime
from typing import Annotated, Any, ClassVar, Literal
from uuid import UUID

from pydantic import AfterValidator, AliasChoices, BaseModel, ConfigDict, Field, SecretStr, StringConstraints

from vaultaris_auth.clients.schemas import Scopes
from vaultaris_auth.identity_providers.certificates import MAX_CHARS, as_pem, fingerprint
from vaultaris_auth.identity_providers.configuration import endpoint_of, mapping_of, scopes_of
from vaultaris_auth.identity_providers.models import IdentityProvider
from vaultaris_auth.identity_providers.presets import ProviderType
from vaultaris_kit.http.fields import Description, JsonObject, Label, Name, UpdateBody, Url
from vaultaris_kit.outbound import MAX_URL_CHARS

MAX_INT32 = 2**31 - 1

CalledUrl = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_URL_CHARS)]
"""Where it may lead depends on the instance: checked by the operation."""

Secret = Annotated[SecretStr, Field(min_length=1, max_length=4096)]
Certificate = Annotated[str, StringConstraints(max_length=MAX_CHARS), AfterValidator(as_pem)]
EntityId = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1024)]
RoleNames = Annotated[list[Name], Field(max_length=50), AfterValidator(lambda names: list(dict.fromkeys(names)))]
Priority = Annotated[int, Field(strict=True, ge=-MAX_INT32 - 1, le=MAX_INT32)]
Status = Literal["active", "inactive"]


_NULLABLE = (
    "display_name", "description", "logo_url", "provider_id", "client_id", "client_secret", "authorization_url",
    "token_url", "userinfo_url", "jwks_url", "scopes", "saml_entity_id", "saml_sso_url", "saml_slo_url",
    "saml_name_id_format", "saml_certificate", "saml_signing_certificate", "attribute_mapping", "default_roles",
)  # fmt: skip


class ProviderFields(UpdateBody):
    """What may be sent on create and on update. Null clears, and lets the preset's value show again."""

    clearable: ClassVar[frozenset[str]] = frozenset(_NULLABLE)

    status: Status | None = None
    display_name: Label | None = None
    description: Description | None = None
    logo_url: Url | None = None
    provider_id: Label | None = Field(None, description="The external directory, where the preset has several.")
    client_id: Label | None = None
    client_secret: Secret | None = Field(
        None,
        validation_alias=AliasChoices("client_secret", "client_secret_encrypted"),
        description="The plain secret; kept encrypted and never given back. `client_secret_encrypted` means the same.",
    )
    authorization_url: CalledUrl | None = None
    token_url: CalledUrl | None = None
    userinfo_url: CalledUrl | None = None
    jwks_url: CalledUrl | None = None
    scopes: Scopes | None = None
    saml_entity_id: EntityId | None = None
    saml_sso_url: CalledUrl | None = None
    saml_slo_url: CalledUrl | None = None
    saml_name_id_format: Label | None = None
    saml_certificate: Certificate | None = None
    saml_signing_certificate: Certificate | None = None
    attribute_mapping: JsonObject | None = None
    auto_create_users: bool | None = None
    update_user_on_login: bool | None = None
    sync_groups: bool | None = None
    default_roles: RoleNames | None = None
    priority: Priority | None = None

    def changes(self) -> dict[str, Any]:
        """The columns to set. The secret stays apart under ``client_secret``: the operation seals it."""
        sent = super().changes()
        secret = sent.get("client_secret")
        return {**sent, "client_secret": secret.get_secret_value()} if isinstance(secret, SecretStr) else sent


class CreateIdentityProvider(ProviderFields):
    """Types other than `oidc`, `oauth2`, `saml` and `ldap` are presets: their addresses and scopes are known."""

    name: Name
    provider_type: ProviderType


class UpdateIdentityProvider(ProviderFields):
    """The fields to change."""

    name: Name | None = None
    provider_type: ProviderType | None = None


class IdentityProviderOut(BaseModel):
    """A provider as it is in force, without its secret; certificates by their SHA-256 fingerprints."""

    id: UUID
    tenant_id: UUID
    name: str
    provider_type: ProviderType
    status: Status
    display_name: str | None
    description: str | None
    logo_url: str | None
    provider_id: str | None
    client_id: str | None
    has_client_secret: bool
    authorization_url: str | None
    token_url: str | None
    userinfo_url: str | None
    jwks_url: str | None
    scopes: list[str] | None
    saml_entity_id: str | None
    saml_sso_url: str | None
    saml_name_id_format: str | None
    saml_certificate_fingerprint: str | None
    saml_signing_certificate_fingerprint: str | None
    attribute_mapping: dict[str, Any] | None
    auto_create_users: bool
    update_user_on_login: bool
    sync_groups: bool
    default_roles: list[str] | None
    priority: int
    created_at: datetime
    updated_at: datetime

    @classmethod
    def of(cls, provider: IdentityProvider) -> "IdentityProviderOut":
        """The wire form of a row."""
        derived = {
            "has_client_secret": provider.client_secret_sealed is not None,
            "authorization_url": endpoint_of(provider, "authorization_url"),
            "token_url": endpoint_of(provider, "token_url"),
            "userinfo_url": endpoint_of(provider, "userinfo_url"),
            "jwks_url": endpoint_of(provider, "jwks_url"),
            "scopes": scopes_of(provider),
            "attribute_mapping": mapping_of(provider),
            "saml_certificate_fingerprint": fingerprint(provider.saml_certificate),
            "saml_signing_certificate_fingerprint": fingerprint(provider.saml_signing_certificate),
        }
        same = {name: getattr(provider, name) for name in cls.model_fields.keys() - derived.keys()}
        return cls.model_validate({**same, **derived})


class OfferedProvider(BaseModel):
    """What anybody may know of a provider that is offered at sign-in."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    name: str
    display_name: str | None
    provider_type: ProviderType
    logo_url: str | None
    priority: int
