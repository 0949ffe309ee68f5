"""Beginning and end of a tenant in this service."""

from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from vaultaris_auth.base import OUTBOX
from vaultaris_auth.clients.models import OAuthClient
from vaultaris_auth.keys.operations import ensure_keys
from vaultaris_kit.crypto import Sealer
from vaultaris_kit.ids import new_id
from vaultaris_kit.principal import SYSTEM

CONSOLE_CLIENT_ID = "vaultaris-console"

_CONSOLE = {
    "client_id": CONSOLE_CLIENT_ID,
    "name": "Vaultaris console",
    "redirect_uris": ["http://127.0.0.1/callback"],
    "post_logout_redirect_uris": [],
    "allowed_grant_types": ["authorization_code", "password", "refresh_token"],
    "allowed_scopes": ["openid", "profile", "email", "phone", "offline_access"],
    "default_scopes": ["openid", "profile", "email"],
    "is_public": True,
    "is_enabled": True,
    "require_pkce": True,
    "require_consent": False,
    "dpop_bound_access_tokens": False,
    "free_metadata": {},
    "version": 1,
}
"""First-party and public: its users are asked for no consent."""


async def provision_tenant(session: AsyncSession, sealer: Sealer, tenant_id: UUID, *, with_console: bool) -> str:
    """Makes the tenant's keys, and the console client if wanted; returns its ``client_id``. Idempotent."""
    await ensure_keys(session, sealer, tenant_id)
    if not with_console:
        return ""
    values = {"id": new_id(), "tenant_id": tenant_id, **_CONSOLE}
    statement = insert(OAuthClient).values(values).on_conflict_do_nothing().returning(OAuthClient.id)
    made = (await session.execute(statement)).scalar_one_or_none()
    if made is not None:
        OUTBOX.emit(
            session, SYSTEM, "client.created", tenant_id, resource_type="client", resource_id=made,
            new=_CONSOLE, metadata={"client_id": CONSOLE_CLIENT_ID},
        )  # fmt: skip
    return CONSOLE_CLIENT_ID
