"""The kinds of auth's own things that an application can have."""

from collections.abc import Collection
from uuid import UUID

from vaultaris_auth.application_links.models import ClientLink, IdentityProviderLink
from vaultaris_auth.base import OUTBOX
from vaultaris_auth.clients.registry import ClientRegistry
from vaultaris_auth.clients.repository import ClientRepository
from vaultaris_auth.identity_providers.repository import IdentityProviders
from vaultaris_auth.telling import tell_everybody
from vaultaris_kit.application_links.elsewhere import in_application
from vaultaris_kit.application_links.kinds import Kind
from vaultaris_kit.service import Runtime


async def _forget(runtime: Runtime, client_ids: Collection[UUID]) -> None:
    """Which applications a client has decides who gets tokens: the next request finds it so."""
    runtime.get(ClientRegistry).forget_rows(client_ids)
    await tell_everybody(runtime)


CLIENTS = Kind("client", "clients", ClientRepository, ClientLink, OUTBOX, in_application, _forget)
IDENTITY_PROVIDERS = Kind(
    "identity_provider", "identity-providers", IdentityProviders, IdentityProviderLink, OUTBOX, in_application
)
