"""Taking consent back, with everything that the client still holds of it."""

from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from vaultaris_auth.base import OUTBOX
from vaultaris_auth.consents.models import ConsentRow
from vaultaris_auth.revocations.marks import MAX_TOKENS, Mark
from vaultaris_auth.revocations.operations import revoke
from vaultaris_auth.revocations.repository import Stored
from vaultaris_kit.errors import NotFound
from vaultaris_kit.principal import Principal

_REASON = "consent withdrawn"

_END_FAMILIES = text("""
    UPDATE auth.token_families SET ended_at = now(), end_reason = :reason
     WHERE user_id = :user_id AND client_id = :client_id AND ended_at IS NULL AND delegated
""")
_GIVEN = """
    SELECT access_token_id, session_id FROM auth.authorization_codes
     WHERE user_id = :user_id AND client_id = :client_id AND spent_at IS NOT NULL
    UNION
    SELECT t.access_token_id, f.session_id
      FROM auth.token_families f JOIN auth.refresh_tokens t ON t.family_id = f.id
     WHERE f.user_id = :user_id AND f.client_id = :client_id AND f.delegated AND t.access_expires_at > now()
"""
_TOKENS = text(f"SELECT access_token_id FROM ({_GIVEN}) given LIMIT {MAX_TOKENS + 1}")  # noqa: S608 - fixed texts only
_SESSIONS = text(f"SELECT DISTINCT session_id FROM ({_GIVEN}) given")  # noqa: S608 - as above
_DEVICES_TOKENS = text("""
    SELECT access_token_id FROM auth.device_authorizations
     WHERE user_id = :user_id AND client_id = :client_id AND access_token_id IS NOT NULL
""")
_END_CODES = text("""
    UPDATE auth.authorization_codes SET expires_at = now()
     WHERE user_id = :user_id AND client_id = :client_id AND spent_at IS NULL AND expires_at > now()
""")
_END_APPROVALS = text("""
    UPDATE auth.device_authorizations SET status = 'denied'
     WHERE user_id = :user_id AND client_id = :client_id AND status = 'approved'
""")


async def withdraw_consent(session: AsyncSession, principal: Principal, consent_id: UUID) -> list[Stored]:
    """Forgets one consent of the caller; returns the revocations to announce. Raises :class:`NotFound`.

    Codes, approvals of devices, families of refresh tokens and access tokens that the client got by it end. What else
    the client has of the same session, and other clients, stay; but of a client that has hoarded more than
    :data:`MAX_TOKENS` access tokens the sessions end as a whole.
    """
    query = select(ConsentRow).where(ConsentRow.id == consent_id, ConsentRow.user_id == principal.id)
    consent = (await session.execute(query.with_for_update())).scalar_one_or_none()
    if consent is None:
        raise NotFound
    whose = {"user_id": principal.id, "client_id": consent.client_id}
    await session.execute(_END_CODES, whose)
    await session.execute(_END_APPROVALS, whose)  # waits for what is being given out, which is then found below
    await session.execute(_END_FAMILIES, {**whose, "reason": _REASON})  # waits for what is being refreshed
    marks = await _marks(session, whose)
    await session.delete(consent)
    OUTBOX.emit(
        session, principal, "consent.withdrawn", consent.tenant_id, resource_type="consent", resource_id=consent.id,
        old={"scope": consent.scope}, metadata={"client_id": consent.client_id},
    )  # fmt: skip
    return await revoke(session, consent.tenant_id, list(dict.fromkeys(marks)), _REASON)


async def _marks(session: AsyncSession, whose: dict[str, object]) -> list[Mark]:
    """Those that end every access token which has been given. People approve devices one by one: they are few."""
    devices = [Mark("token", str(each)) for each in (await session.execute(_DEVICES_TOKENS, whose)).scalars()]
    tokens = (await session.execute(_TOKENS, whose)).scalars().all()
    if len(tokens) <= MAX_TOKENS:
        return devices + [Mark("token", str(each)) for each in tokens]
    return devices + [Mark("session", str(each)) for each in (await session.execute(_SESSIONS, whose)).scalars()]
