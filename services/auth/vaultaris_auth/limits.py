"""What a licence may limit here, and what freezing means: a frozen client gets no tokens, a frozen key no entry, and
a frozen identity provider is not offered.
"""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from vaultaris_auth.api_keys.models import ApiKey
from vaultaris_auth.clients.changed import end_what_clients_held
from vaultaris_auth.clients.models import OAuthClient
from vaultaris_auth.identity_providers.models import IdentityProvider
from vaultaris_auth.revocations.marks import Mark
from vaultaris_auth.revocations.operations import revoke
from vaultaris_auth.tenants.operations import CONSOLE_CLIENT_ID
from vaultaris_kit.limits.capped import Capped
from vaultaris_kit.limits.keeper import LimitKeeper, Owned
from vaultaris_kit.service import Runtime

CLIENTS: Final = Capped(
    "clients", "client", OAuthClient, OAuthClient.tenant_id, OAuthClient.name,
    [OAuthClient.client_id != CONSOLE_CLIENT_ID],
)  # fmt: skip
"""The console's own client neither counts nor freezes: through it a better licence comes in."""

IDENTITY_PROVIDERS: Final = Capped(
    "identity_providers", "identity_provider", IdentityProvider, IdentityProvider.tenant_id, IdentityProvider.name
)

API_KEYS: Final = Capped("api_keys", "api_key", ApiKey, ApiKey.tenant_id, ApiKey.name, [ApiKey.revoked_at.is_(None)])


def limit_keeper(runtime: Runtime) -> LimitKeeper:
    """Counts, freezes and thaws what this service owns."""

    async def end_tokens(
        session: AsyncSession, tenant_id: UUID, clients: Sequence[Any]
    ) -> Callable[[], Awaitable[None]]:
        client_ids = [each.client_id for each in clients]
        marks = await revoke(session, tenant_id, [Mark("client", each) for each in client_ids], "client frozen")

        async def announce() -> None:
            await end_what_clients_held(runtime, tenant_id, client_ids, marks, end_families=True)

        return announce

    clients = Owned(CLIENTS, describe=lambda row: {"client_id": row.client_id}, frozen=end_tokens)
    return LimitKeeper(runtime, [clients, Owned(API_KEYS), Owned(IDENTITY_PROVIDERS)])
