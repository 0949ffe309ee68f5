"""``hosted-config``: what a sign-in page of anybody's needs to know of a tenant."""

from collections.abc import Sequence
from typing import Literal
from uuid import UUID

import msgspec
from pydantic import BaseModel, ConfigDict

from vaultaris.directory.v1.directory_pb2 import Tenant
from vaultaris_auth.hosted.branding.theme import branding_of, settings_of
from vaultaris_auth.hosted.messages.catalogue import DEFAULT
from vaultaris_auth.identity_providers.models import IdentityProvider

_MAX_LOCALE_CHARS = 35


class HostedTenant(BaseModel):
    id: UUID
    name: str
    slug: str
    display_name: str | None


class HostedBranding(BaseModel):
    """Checked: addresses are https, colours hexadecimal, ``custom_css`` is the part that is safe to use."""

    logo_url: str | None
    primary_color: str | None
    background_color: str | None
    favicon_url: str | None
    custom_css: str | None
    welcome_text: str | None


class AuthMethods(BaseModel):
    password: bool
    passkey: bool
    identity_providers: bool
    registration: bool


class Mfa(BaseModel):
    """``methods`` are those that can be used to sign in."""

    enabled: bool
    required: bool
    methods: list[Literal["totp", "webauthn", "backup_code"]]


class HostedProvider(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: UUID
    name: str
    display_name: str | None
    provider_type: str
    logo_url: str | None


class HostedPasswordPolicy(BaseModel):
    min_length: int
    max_length: int
    require_uppercase: bool
    require_lowercase: bool
    require_numbers: bool
    require_symbols: bool


class HostedConfig(BaseModel):
    tenant: HostedTenant
    branding: HostedBranding
    auth_methods: AuthMethods
    mfa: Mfa
    identity_providers: list[HostedProvider]
    password_policy: HostedPasswordPolicy
    locale: str


def hosted_config(tenant: Tenant, offered: Sequence[IdentityProvider]) -> HostedConfig:
    """The public side of a tenant. ``auth_methods`` and ``mfa.methods`` name only what people can sign in with today;
    ``offered`` are the identity providers to come.
    """
    branding, settings = branding_of(tenant), settings_of(tenant)
    return HostedConfig(
        tenant=HostedTenant(
            id=UUID(tenant.id), name=tenant.name, slug=tenant.slug, display_name=tenant.display_name or None
        ),
        branding=HostedBranding(**{name: getattr(branding, name) for name in HostedBranding.model_fields}),
        auth_methods=AuthMethods(password=True, passkey=False, identity_providers=False, registration=False),
        mfa=Mfa(enabled=tenant.mfa_enabled, required=tenant.mfa_required, methods=[]),
        identity_providers=[HostedProvider.model_validate(each) for each in offered],
        password_policy=HostedPasswordPolicy(**msgspec.json.decode(tenant.password_policy)),
        locale=_locale(settings.get("locale")),
    )


def _locale(chosen: object) -> str:
    return chosen if isinstance(chosen, str) and 0 < len(chosen) <= _MAX_LOCALE_CHARS else DEFAULT
