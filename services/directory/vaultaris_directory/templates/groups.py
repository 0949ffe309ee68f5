"""A section of a template: the tree of groups with the roles that they confer."""

from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from vaultaris_directory.groups import operations
from vaultaris_directory.groups.models import Group, GroupRole
from vaultaris_directory.groups.repository import Groups
from vaultaris_directory.roles.models import Role
from vaultaris_directory.templates.allow_lists import exported_lists
from vaultaris_directory.templates.document import TemplateGroup
from vaultaris_directory.templates.names import EVERYTHING, chosen, differing, ids_of, names_by
from vaultaris_kit.configuration import Items, Outcome, Section
from vaultaris_kit.errors import Invalid
from vaultaris_kit.principal import Principal

_GROUP = ("path", "display_name", "description", "metadata")


async def _groups(session: AsyncSession, tenant_id: UUID) -> Items:
    rows = await session.execute(Groups(session, tenant_id).select().order_by(Group.path))
    conferred = select(GroupRole.group_id, Role.name).join(Role, Role.id == GroupRole.role_id)
    roles = await names_by(session, conferred.where(Role.tenant_id == tenant_id, Role.deleted_at.is_(None)))
    lists = await exported_lists(session, tenant_id)
    return [{**chosen(group, _GROUP), "roles": roles.get(group.id, []), **lists[group.id]} for group in rows.scalars()]


async def _put_group(session: AsyncSession, principal: Principal, tenant_id: UUID, item: dict[str, Any]) -> Outcome:
    above, slash, name = str(item["path"]).rpartition("/")
    if not slash:
        raise Invalid.field("path", "Begins with a slash.")
    wanted = TemplateGroup.model_validate({**item, "name": name})
    known = await Groups(session, tenant_id).find_by(Group.path == item["path"])
    if known is None:
        parent_id = (await ids_of(session, tenant_id, "groups", [above]))[above] if above else None
        group = await operations.create_group(
            session, principal, tenant_id=tenant_id, fields={**wanted.fields(), "parent_id": parent_id}
        )
        await _confer(session, principal, tenant_id, group.id, wanted.roles)
        return "created"
    version = known.version
    changes = differing(known, wanted.fields())
    if changes:
        known = await operations.update_group(
            session, principal, EVERYTHING, tenant_id=tenant_id, group_id=known.id, changes=changes, expected=None
        )
    others = await _confer(session, principal, tenant_id, known.id, wanted.roles)
    return "updated" if others or known.version != version else "skipped"


async def _confer(
    session: AsyncSession, principal: Principal, tenant_id: UUID, group_id: UUID, names: list[str]
) -> bool:
    """Lets the group confer just these roles; says whether that changed anything."""
    wanted = set((await ids_of(session, tenant_id, "roles", names)).values())
    present = {role.id for role in await Groups(session, tenant_id).roles_of(group_id)}
    for role_id in wanted - present:
        await operations.confer_role(
            session, principal, EVERYTHING, tenant_id=tenant_id, group_id=group_id, role_id=role_id
        )
    for role_id in present - wanted:
        await operations.withdraw_role(session, principal, tenant_id=tenant_id, group_id=group_id, role_id=role_id)
    return wanted != present


GROUPS = Section("groups", _groups, _put_group, key="path")
