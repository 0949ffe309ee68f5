"""Remembering and forgetting consent."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from vaultaris_auth.base import OUTBOX
from vaultaris_auth.consents.models import ConsentRow
from vaultaris_kit.ids import new_id, now
from vaultaris_kit.principal import Principal


async def consented_scope(
    session: AsyncSession, tenant_id: UUID, user_id: UUID, client_id: str, *, lock: bool = False
) -> frozenset[str]:
    """What the person has agreed to before; empty when they never did.

    ``lock``: nobody takes it back before this transaction is over, and so whoever does finds what was given by it.
    To be called before anything else is locked.
    """
    query = select(ConsentRow.scope).where(
        ConsentRow.tenant_id == tenant_id, ConsentRow.user_id == user_id, ConsentRow.client_id == client_id
    )
    if lock:
        query = query.with_for_update()
    return frozenset((await session.execute(query)).scalar_one_or_none() or ())


async def remember_consent(session: AsyncSession, person: Principal, client_id: str, scope: Iterable[str]) -> None:
    """Adds ``scope`` to what ``person`` lets the client do. Two at once end as one."""
    granted = await consented_scope(session, person.tenant_id, person.id, client_id)
    wanted = sorted(granted | set(scope))
    statement = insert(ConsentRow).values(
        id=new_id(), tenant_id=person.tenant_id, user_id=person.id, client_id=client_id, scope=wanted,
        created_at=now(), updated_at=now(),
    )  # fmt: skip
    kept = statement.on_conflict_do_update(
        index_elements=["tenant_id", "user_id", "client_id"], set_={"scope": wanted, "updated_at": now()}
    ).returning(ConsentRow.id)
    row_id = (await session.execute(kept)).scalar_one()
    OUTBOX.emit(
        session, person, "consent.granted", person.tenant_id, resource_type="consent", resource_id=row_id,
        old={"scope": sorted(granted)}, new={"scope": wanted}, metadata={"client_id": client_id},
    )  # fmt: skip


async def forget_consents(
    session: AsyncSession, tenant_id: UUID, *, user_id: UUID | None = None, client_id: str | None = None
) -> None:
    """Removes what was agreed by a user, or with a client, that is gone."""
    assert user_id or client_id
    statement = delete(ConsentRow).where(ConsentRow.tenant_id == tenant_id)
    if user_id is not None:
        statement = statement.where(ConsentRow.user_id == user_id)
    if client_id is not None:
        statement = statement.where(ConsentRow.client_id == client_id)
    await session.execute(statement)
