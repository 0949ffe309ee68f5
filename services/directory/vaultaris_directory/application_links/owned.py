"""The end of what was made inside an application, together with it."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from vaultaris_directory.application_links.kinds import GROUPS, PERMISSIONS, ROLES
from vaultaris_directory.groups.models import Group
from vaultaris_directory.groups.operations import delete_group
from vaultaris_directory.permissions.operations import delete_permission
from vaultaris_directory.roles.operations import delete_role
from vaultaris_kit.application_links.kinds import Kind
from vaultaris_kit.errors import Conflict, Forbidden
from vaultaris_kit.principal import Principal
from vaultaris_kit.rights import RightSet

MAX_OWNED = 1000


async def delete_owned(
    session: AsyncSession, principal: Principal, held: RightSet, *, tenant_id: UUID, application_id: UUID
) -> None:
    """Marks as deleted what was made inside.

    Raises Forbidden without the right to delete it; Conflict when other groups stand below one of these, and when
    there is too much of it for one transaction.
    """
    for role in await _owned(session, held, ROLES, tenant_id, application_id):
        await delete_role(session, principal, tenant_id=tenant_id, role_id=role, expected=None)
    for group in await _deepest_first(session, await _owned(session, held, GROUPS, tenant_id, application_id)):
        await delete_group(session, principal, tenant_id=tenant_id, group_id=group, expected=None)
    for permission in await _owned(session, held, PERMISSIONS, tenant_id, application_id):
        await delete_permission(session, principal, tenant_id=tenant_id, permission_id=permission, expected=None)
    await session.flush()


async def _owned(
    session: AsyncSession, held: RightSet, kind: Kind, tenant_id: UUID, application_id: UUID
) -> Sequence[UUID]:
    """The live ones, always in the same order, so that two deletions can't lock each other out."""
    repository = kind.repository(session, tenant_id)
    made_inside = select(kind.links.resource_id).where(
        kind.links.application_id == application_id, kind.links.is_owned.is_(True)
    )
    live = repository.select().with_only_columns(repository.model.id).where(repository.model.id.in_(made_inside))
    found = (await session.execute(live.order_by(repository.model.id).limit(MAX_OWNED + 1))).scalars().all()
    if len(found) > MAX_OWNED:
        raise Conflict(f"More than {MAX_OWNED} {kind.plural} were made inside this application: delete some first.")
    if found and f"{kind.plural}:delete" not in held:
        raise Forbidden(f"The right {kind.plural}:delete is needed: {kind.plural} were made inside this application.")
    return found


async def _deepest_first(session: AsyncSession, groups: Sequence[UUID]) -> Sequence[UUID]:
    """No group goes before those below it."""
    if not groups:
        return groups
    paths = (await session.execute(select(Group.id, Group.path).where(Group.id.in_(groups)))).all()
    return [group_id for group_id, path in sorted(paths, key=lambda row: row[1].count("/"), reverse=True)]
