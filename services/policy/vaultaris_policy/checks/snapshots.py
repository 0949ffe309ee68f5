"""What is known of users, compiled once for each answer that the kit's cache holds."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

import msgspec

from vaultaris.directory.v1.directory_pb2 import EffectivePermissions
from vaultaris_kit.access import Access
from vaultaris_policy.checks.askers import Asker, refusal_of
from vaultaris_policy.checks.attributes import subject_of
from vaultaris_policy.engine.grants import PermissionSet, PermissionSource


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A user as the directory tells of them, and in the form that decisions are made on."""

    answer: EffectivePermissions
    asker: Asker


class Snapshots:
    """A compiled set is as fresh as the answer that it was made of: the kit's cache holds both together."""

    def __init__(self, access: Access) -> None:
        self._access = access

    async def of_user(self, tenant_id: UUID, user_id: UUID) -> Snapshot:
        """What is in force for a user. Raises :class:`NotFound`."""
        effective = await self._access.of_user(tenant_id, user_id)
        if effective.compiled is None:
            effective.compiled = Snapshot(effective.answer, asker_of(effective.answer))
        made: Snapshot = effective.compiled
        return made


def asker_of(answer: EffectivePermissions) -> Asker:
    """A user as the directory tells of them."""
    sources = sources_of(answer.permissions, answer.roles)
    return Asker(PermissionSet(sources), subject_of(answer), refusal_of(answer.user))


def sources_of(
    permissions: Iterable[EffectivePermissions.Permission], roles: Iterable[EffectivePermissions.Role]
) -> Iterable[PermissionSource]:
    """Permissions as the engine takes them, with their conditions and the role that holds each."""
    names = {role.id: role.name for role in roles}
    for each in permissions:
        conditions = msgspec.json.decode(each.conditions) if each.conditions else None
        yield PermissionSource(each.resource, each.action, conditions, names.get(each.role_id, ""), each.role_id)
