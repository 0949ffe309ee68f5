"""What can be done to applications."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from vaultaris_directory.application_links.owned import delete_owned
from vaultaris_directory.applications.models import Application
from vaultaris_directory.applications.repository import Applications
from vaultaris_directory.base import OUTBOX
from vaultaris_directory.changes import apply_changes, state_of
from vaultaris_kit.clashes import flush_or_clash
from vaultaris_kit.http.preconditions import check_version
from vaultaris_kit.ids import new_id
from vaultaris_kit.limits.capped import require_thawed
from vaultaris_kit.principal import Principal
from vaultaris_kit.rights import RightSet

_CLASHES = {"uq_applications_slug": "The slug is taken by another application."}


async def create_application(
    session: AsyncSession, principal: Principal, *, tenant_id: UUID, fields: Mapping[str, Any]
) -> Application:
    """A new application. Raises :class:`Conflict` for a taken slug."""
    application = Application(id=new_id(), tenant_id=tenant_id, **fields)
    session.add(application)
    await flush_or_clash(session, _CLASHES)
    _emit(session, principal, "application.created", application, new=state_of(application))
    return application


async def update_application(
    session: AsyncSession,
    principal: Principal,
    *,
    tenant_id: UUID,
    application_id: UUID,
    changes: Mapping[str, Any],
    expected: int | None,
) -> Application:
    """Changes what is named. Raises NotFound, PreconditionFailed."""
    application = await Applications(session, tenant_id).get(application_id, lock=True)
    check_version(application.version, expected)
    require_thawed(application)
    old, new = apply_changes(application, changes)
    if new:
        await session.flush()
        _emit(session, principal, "application.updated", application, old=old, new=new)
    return application


async def delete_application(
    session: AsyncSession,
    principal: Principal,
    held: RightSet,
    *,
    tenant_id: UUID,
    application_id: UUID,
    expected: int | None,
) -> None:
    """Deletes an application for good, and marks as deleted what was made inside it.

    What is merely linked stays. Raises NotFound, PreconditionFailed; Forbidden when the caller may not delete
    what was made inside.
    """
    application = await Applications(session, tenant_id).get(application_id, lock=True)
    check_version(application.version, expected)
    await delete_owned(session, principal, held, tenant_id=tenant_id, application_id=application_id)
    old = state_of(application)
    await session.delete(application)
    await session.flush()
    _emit(session, principal, "application.deleted", application, old=old)


def _emit(
    session: AsyncSession, principal: Principal, event_type: str, application: Application, **values: Any
) -> None:
    OUTBOX.emit(
        session, principal, event_type, application.tenant_id,
        resource_type="application", resource_id=application.id, **values,
    )  # fmt: skip
