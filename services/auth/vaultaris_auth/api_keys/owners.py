"""Who a key can belong to, and what that gives it: a key has no rights of its own."""

from dataclasses import dataclass
from uuid import UUID

from vaultaris_kit.access import Access
from vaultaris_kit.errors import NotFound
from vaultaris_kit.principal import OwnerType
from vaultaris_kit.rights import EVERY_RIGHT, RightSet


@dataclass(frozen=True, slots=True)
class Owner:
    """The tenant itself, or an application, a group or a user of it."""

    type: OwnerType
    id: UUID


@dataclass(frozen=True, slots=True)
class Holdings:
    """What the owner has at this moment; a tenant has the rights of its administrators, but no role."""

    rights: RightSet
    roles: list[str]
    groups: list[str]


async def holdings_of(access: Access, tenant_id: UUID, owner: Owner) -> Holdings:
    """Raises :class:`NotFound` for an owner who is not there."""
    if owner.type == "tenant":
        return Holdings(RightSet((EVERY_RIGHT,)), [], [])
    if owner.type == "group":
        conferred = await access.of_group(tenant_id, owner.id)
        roles = sorted(role.name for role in conferred.answer.roles)
        return Holdings(conferred.rights, roles, [conferred.answer.group.path])
    if owner.type == "application":
        own = await access.of_application(tenant_id, owner.id)
        return Holdings(own.rights, sorted(role.name for role in own.answer.roles), [])
    if owner.type == "user":
        effective = await access.of_user(tenant_id, owner.id)
        roles = sorted(role.name for role in effective.answer.roles)
        return Holdings(effective.rights, roles, sorted(group.path for group in effective.answer.groups))
    raise NotFound
