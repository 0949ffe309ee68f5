"""Ending a family for good, with every access token that it still has out."""

from vaultaris_auth.base import OUTBOX
from vaultaris_auth.refresh_tokens.families import end_family
from vaultaris_auth.refresh_tokens.tokens import Found
from vaultaris_auth.revocations.announcer import Announcer
from vaultaris_auth.revocations.operations import revoke
from vaultaris_kit.principal import Principal
from vaultaris_kit.service import Runtime


async def end_and_announce(runtime: Runtime, found: Found, *, reason: str) -> None:
    """Ends the family of a refresh token and revokes its access tokens; returns when every service knows."""
    family = found.family
    principal = Principal(
        "user", family.user_id, family.tenant_id, client_id=family.client_id, session_id=family.session_id
    )
    async with runtime.database.tenant(family.tenant_id) as session:
        marks = await end_family(session, family.id, family.session_id, reason)
        announced = await revoke(session, family.tenant_id, marks, reason)
        if found.ended_at is None:
            OUTBOX.emit(
                session, principal, "token.revoked", family.tenant_id, resource_type="token_family",
                resource_id=family.id, description=reason,
                metadata={"client_id": family.client_id, "session_id": str(family.session_id)},
            )  # fmt: skip
    await runtime.get(Announcer).announce(announced)
