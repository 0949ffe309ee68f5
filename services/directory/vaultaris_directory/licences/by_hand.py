"""Freezing by hand: an administrator takes something out of use, and it stays so until one puts it back."""

from typing import Any, Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from vaultaris_directory.base import OUTBOX
from vaultaris_directory.licences.freezing import settle_resource
from vaultaris_directory.licences.holder import Licences
from vaultaris_directory.licences.in_force import terms_in
from vaultaris_directory.licences.limits import CAPPED
from vaultaris_kit.errors import Forbidden, NotFound
from vaultaris_kit.limits.capped import BY_ADMIN, Capped
from vaultaris_kit.principal import Principal

BY_NOUN: Final = {capped.noun: capped for capped in CAPPED.values()}


async def freeze(
    session: AsyncSession, principal: Principal, *, tenant_id: UUID, noun: str, resource_id: UUID
) -> Any:  # fmt: skip
    """The row, frozen for `admin_action`, which no licence undoes; again is no error.

    Raises :class:`NotFound`, also for what comes with the tenant; :class:`Forbidden` for oneself.
    """
    if resource_id == principal.id:
        raise Forbidden("You can't shut yourself out.")
    capped = BY_NOUN[noun]
    row = await _row(session, capped, tenant_id, resource_id)
    if row.freeze_reason != BY_ADMIN:
        await _set(session, principal, capped, row, BY_ADMIN)
    return row


async def thaw(
    session: AsyncSession, principal: Principal, licences: Licences, *, tenant_id: UUID, noun: str, resource_id: UUID
) -> Any:
    """The row, thawed; again is no error.

    What the licence has frozen thaws when the licence allows more, not by hand, and what lies beyond it freezes
    again at once. Raises :class:`NotFound`, :class:`Forbidden`.
    """
    capped = BY_NOUN[noun]
    row = await _row(session, capped, tenant_id, resource_id)
    if row.freeze_reason == BY_ADMIN:
        await _set(session, principal, capped, row, None)
        if (await terms_in(session, licences, tenant_id)).limits.get(capped.resource) is not None:
            await settle_resource(session, licences, tenant_id, capped.resource)
    elif row.freeze_reason is not None:
        raise Forbidden("The licence has frozen this; it thaws when the licence allows more.", code="resource_frozen")
    return row


async def _row(session: AsyncSession, capped: Capped, tenant_id: UUID, resource_id: UUID) -> Any:
    model = capped.model
    found = select(model).where(capped.tenant == tenant_id, model.id == resource_id, *capped.live)
    row = (await session.execute(found.with_for_update(key_share=True))).scalar_one_or_none()
    if row is None:
        raise NotFound
    return row


async def _set(session: AsyncSession, principal: Principal, capped: Capped, row: Any, reason: str | None) -> None:
    old, row.freeze_reason = row.freeze_reason, reason
    await session.flush()
    OUTBOX.emit(
        session, principal, f"{capped.noun}.{'frozen' if reason else 'thawed'}", row.tenant_id,
        resource_type=capped.noun, resource_id=row.id, old={"freeze_reason": old}, new={"freeze_reason": reason},
    )  # fmt: skip
