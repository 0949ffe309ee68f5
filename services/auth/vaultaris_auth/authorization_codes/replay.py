"""A code that is used twice: whoever used it first, and whoever second, one of them has stolen it."""

from vaultaris_auth.authorization_codes.codes import Code, Spent
from vaultaris_auth.base import OUTBOX
from vaultaris_auth.refresh_tokens.families import end_family
from vaultaris_auth.revocations.announcer import Announcer
from vaultaris_auth.revocations.marks import Mark
from vaultaris_auth.revocations.operations import revoke
from vaultaris_kit.principal import Principal
from vaultaris_kit.service import Runtime

_REASON = "authorization code used twice"


async def end_what_it_gave(runtime: Runtime, code: Code, spent: Spent) -> None:
    """Revokes the access token and the family of refresh tokens; returns when every service knows."""
    person = Principal("user", code.user_id, code.tenant_id, client_id=code.client_id, session_id=code.session_id)
    async with runtime.database.tenant(code.tenant_id) as session:
        marks = [Mark("token", str(spent.access_token_id))]
        if spent.family_id is not None:
            marks += await end_family(session, spent.family_id, code.session_id, _REASON)
        announced = await revoke(session, code.tenant_id, list(dict.fromkeys(marks)), _REASON)
        OUTBOX.emit(
            session, person, "token.revoked", code.tenant_id, resource_type="authorization_code", resource_id=code.id,
            description=_REASON, metadata={"client_id": code.client_id, "session_id": str(code.session_id)},
        )  # fmt: skip
    await runtime.get(Announcer).announce(announced)
