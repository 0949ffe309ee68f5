"""Taking consent back, with everything that the client still holds of it."""

from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from vaultaris_auth.base import OUTBOX
from vaultaris_auth.consents.models import ConsentRow
from vaultaris_auth.refresh_tokens.families import end_family
from vaultaris_auth.revocations.marks import Mark
from vaultaris_auth.revocations.operations import revoke
from vaultaris_auth.revocations.repository import Stored
from vaultaris_kit.errors import NotFound
from vaultaris_kit.principal import Principal

_REASON = "consent withdrawn"

_FAMILIES = text("""
    SELECT id, session_id FROM auth.token_families
     WHERE user_id = :user_id AND client_id = :client_id AND ended_at IS NULL AND delegated LIMIT 1000
""")
_ACCESS_TOKENS = text("""
    SELECT access_token_id FROM auth.authorization_codes
     WHERE user_id = :user_id AND client_id = :client_id AND spent_at IS NOT NULL
    UNION ALL
    SELECT access_token_id FROM auth.device_authorizations
     WHERE user_id = :user_id AND client_id = :client_id AND access_token_id IS NOT NULL
     LIMIT 1000
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
    the client has of the same session, and other clients, stay.
    """
    query = select(ConsentRow).where(ConsentRow.id == consent_id, ConsentRow.user_id == principal.id)
    consent = (await session.execute(query.with_for_update())).scalar_one_or_none()
    if consent is None:
        raise NotFound
    whose = {"user_id": principal.id, "client_id": consent.client_id}
    await session.execute(_END_CODES, whose)
    await session.execute(_END_APPROVALS, whose)  # waits for what is being given out, which is then found below
    marks = [Mark("token", str(each)) for each in (await session.execute(_ACCESS_TOKENS, whose)).scalars()]
    for family_id, session_id in (await session.execute(_FAMILIES, whose)).all():
        marks += await end_family(session, family_id, session_id, _REASON)
    await session.delete(consent)
    OUTBOX.emit(
        session, principal, "consent.withdrawn", consent.tenant_id, resource_type="consent", resource_id=consent.id,
        old={"scope": consent.scope}, metadata={"client_id": consent.client_id},
    )  # fmt: skip
    return await revoke(session, consent.tenant_id, list(dict.fromkeys(marks)), _REASON)
