"""``/api/v1/consents``: what the caller has agreed to, and taking it back."""

from datetime import datetime
from uuid import UUID

from fastapi import APIRouter, Request
from pydantic import BaseModel
from sqlalchemy import select

from vaultaris_auth.clients.models import OAuthClient
from vaultaris_auth.consents.models import ConsentRow
from vaultaris_auth.consents.withdrawing import withdraw_consent
from vaultaris_auth.revocations.announcer import Announcer
from vaultaris_kit.http.body import JsonRoute
from vaultaris_kit.http.dependencies import Person, runtime_of
from vaultaris_kit.http.envelopes import MAX_LIST, ListOf

router = APIRouter(prefix="/api/v1/consents", tags=["oauth"], route_class=JsonRoute)


class ConsentOut(BaseModel):
    """What one client may do for the caller."""

    id: UUID
    client_id: str
    client_name: str
    scopes: list[str]
    granted_at: datetime
    updated_at: datetime


@router.get("", operation_id="consents-list")
async def list_own(request: Request, principal: Person) -> ListOf[ConsentOut]:
    """The caller's consents, the newest first."""
    query = (
        select(ConsentRow, OAuthClient.name)
        .join(OAuthClient, OAuthClient.client_id == ConsentRow.client_id)
        .where(ConsentRow.tenant_id == principal.tenant_id, ConsentRow.user_id == principal.id)
        .order_by(ConsentRow.created_at.desc(), ConsentRow.id.desc())
        .limit(MAX_LIST)
    )
    async with runtime_of(request).database.tenant(principal.tenant_id) as session:
        rows = (await session.execute(query)).all()
    return ListOf(data=[_out(consent, name) for consent, name in rows])


@router.delete("/{consent_id}", operation_id="consents-withdraw", status_code=204)
async def withdraw(request: Request, consent_id: UUID, principal: Person) -> None:
    """Takes one back: the client's tokens end at once. 404 for another person's."""
    runtime = runtime_of(request)
    async with runtime.database.tenant(principal.tenant_id) as session:
        marks = await withdraw_consent(session, principal, consent_id)
    await runtime.get(Announcer).announce(marks)


def _out(consent: ConsentRow, client_name: str) -> ConsentOut:
    return ConsentOut(
        id=consent.id, client_id=consent.client_id, client_name=client_name, scopes=consent.scope,
        granted_at=consent.created_at, updated_at=consent.updated_at,
    )  # fmt: skip
