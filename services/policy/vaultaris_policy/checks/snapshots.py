"""Permissions of users, compiled once for each snapshot that the kit's cache holds."""

from collections import OrderedDict
from collections.abc import Iterable
from typing import Final
from uuid import UUID

from vaultaris.directory.v1.directory_pb2 import EffectivePermissions
from vaultaris_kit.access import Access, Effective
from vaultaris_policy.engine.grants import PermissionSet, PermissionSource

MAX_USERS: Final = 20_000
_NO_CONDITIONS: Final = frozenset({"", "{}"})


class Snapshots:
    """A compiled set is as fresh as the snapshot that it was made of: it is used for that very object only."""

    def __init__(self, access: Access) -> None:
        self._access = access
        self._compiled: OrderedDict[tuple[UUID, UUID], tuple[Effective, PermissionSet]] = OrderedDict()

    async def of_user(self, tenant_id: UUID, user_id: UUID) -> tuple[Effective, PermissionSet]:
        """What is in force for a user, and the compiled permissions. Raises :class:`NotFound`."""
        effective = await self._access.of_user(tenant_id, user_id)
        held = self._compiled.get((tenant_id, user_id))
        if held is not None and held[0] is effective:
            return held
        return self._keep((tenant_id, user_id), effective)

    def _keep(self, key: tuple[UUID, UUID], effective: Effective) -> tuple[Effective, PermissionSet]:
        fresh = (effective, PermissionSet(unconditional(effective.answer)))
        self._compiled[key] = fresh
        self._compiled.move_to_end(key)
        if len(self._compiled) > MAX_USERS:
            self._compiled.popitem(last=False)
        return fresh


def unconditional(answer: EffectivePermissions) -> Iterable[PermissionSource]:
    """The permissions that hold always; one with conditions grants nothing by itself."""
    roles = {role.id: role.name for role in answer.roles}
    for each in answer.permissions:
        if each.conditions in _NO_CONDITIONS:
            yield PermissionSource(each.resource, each.action, role=roles.get(each.role_id, each.role_id))
