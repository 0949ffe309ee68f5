"""Clients and identity providers as the other services see them."""

from vaultaris.auth.v1.auth_pb2 import GetSignInResourcesResponse
from vaultaris_auth.clients.models import OAuthClient
from vaultaris_auth.identity_providers.models import IdentityProvider


def client_message(row: OAuthClient) -> GetSignInResourcesResponse.Client:
    """What may be known of a client."""
    return GetSignInResourcesResponse.Client(
        id=str(row.id), client_id=row.client_id, name=row.name, description=row.description or "",
        logo_url=row.logo_url or "", is_enabled=row.is_enabled,
    )  # fmt: skip


def provider_message(row: IdentityProvider) -> GetSignInResourcesResponse.IdentityProvider:
    """What may be known of an identity provider."""
    return GetSignInResourcesResponse.IdentityProvider(
        id=str(row.id), name=row.name, display_name=row.display_name or "", provider_type=row.provider_type,
        logo_url=row.logo_url or "", status=row.status,
    )  # fmt: skip
