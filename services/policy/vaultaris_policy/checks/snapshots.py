"""What is known of users, compiled once for each snapshot that the kit's cache holds."""

from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final
from uuid import UUID

import msgspec

from vaultaris.directory.v1.directory_pb2 import EffectivePermissions
from vaultaris_kit.access import Access, Effective
from vaultaris_policy.checks.askers import Asker, refusal_of
from vaultaris_policy.checks.attributes import subject_of
from vaultaris_policy.engine.grants import PermissionSet, PermissionSource

MAX_USERS: Final = 20_000


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A user, and the directory's answer that this was made of."""

    effective: Effective
    asker: Asker


class Snapshots:
    """A compiled set is as fresh as the snapshot that it was made of: it is used for that very object only."""

    def __init__(self, access: Access) -> None:
        self._access = access
        self._compiled: OrderedDict[tuple[UUID, UUID], Snapshot] = OrderedDict()

    async def of_user(self, tenant_id: UUID, user_id: UUID) -> Snapshot:
        """What is in force for a user. Raises :class:`NotFound`."""
        effective = await self._access.of_user(tenant_id, user_id)
        held = self._compiled.get((tenant_id, user_id))
        if held is not None and held.effective is effective:
            return held
        return self._keep((tenant_id, user_id), effective)

    def _keep(self, key: tuple[UUID, UUID], effective: Effective) -> Snapshot:
        fresh = Snapshot(effective, asker_of(effective.answer))
        self._compiled[key] = fresh
        self._compiled.move_to_end(key)
        if len(self._compiled) > MAX_USERS:
            self._compiled.popitem(last=False)
        return fresh


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
