"""A provider's configuration in force: what the tenant set, and for the rest what its preset says."""

from typing import Any

from vaultaris_auth.identity_providers.models import IdentityProvider
from vaultaris_auth.identity_providers.presets import DIRECTORY, PRESETS

ENDPOINTS = ("authorization_url", "token_url", "userinfo_url", "jwks_url")


def endpoint_of(provider: IdentityProvider, name: str) -> str | None:
    """The address called ``name`` (one of :data:`ENDPOINTS`)."""
    preset, own = PRESETS.get(provider.provider_type), getattr(provider, name)
    template = getattr(preset, name) if preset and own is None else own
    if template is None:
        return None
    if preset is None:
        return str(template)
    return str(template).replace(DIRECTORY, provider.provider_id or preset.provider_id or "")


def scopes_of(provider: IdentityProvider) -> list[str] | None:
    """The scopes to ask for."""
    preset = PRESETS.get(provider.provider_type)
    return list(preset.scopes) if preset and provider.scopes is None else provider.scopes


def mapping_of(provider: IdentityProvider) -> dict[str, Any] | None:
    """Which of the provider's claims fill which of our fields."""
    preset = PRESETS.get(provider.provider_type)
    return (
        preset.attribute_mapping or None
        if preset and provider.attribute_mapping is None
        else provider.attribute_mapping
    )
