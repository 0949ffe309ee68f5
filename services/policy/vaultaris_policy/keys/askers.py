"""Whoever stands behind an API key, never beyond the key's scopes."""

from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, Final
from uuid import UUID

from vaultaris_kit.access import Access
from vaultaris_kit.errors import NotFound, Unauthorized
from vaultaris_kit.principal import Principal
from vaultaris_kit.rights import EVERY_RIGHT
from vaultaris_policy.checks.askers import Asker
from vaultaris_policy.checks.snapshots import Snapshots, sources_of
from vaultaris_policy.engine.grants import PermissionSet, PermissionSource

MAX_KEYS: Final = 5_000


@dataclass(frozen=True, slots=True)
class _Held:
    """An asker, and the very objects that it was made of."""

    key: Principal
    made_of: Any
    asker: Asker


class KeyAskers:
    """Askers by key; each is used only as long as nothing that it was made of has changed."""

    def __init__(self, access: Access, snapshots: Snapshots) -> None:
        self._access, self._snapshots = access, snapshots
        self._held: OrderedDict[UUID, _Held] = OrderedDict()

    async def of_key(self, key: Principal) -> Asker:
        """The key as a subject. Raises :class:`Unauthorized` when its owner is gone or out of service."""
        made_of = await self._owner(key)
        held = self._held.get(key.id)
        if held is not None and held.key is key and held.made_of == made_of:
            return held.asker
        asker = _compile(key, made_of)
        self._held[key.id] = _Held(key, made_of, asker)
        self._held.move_to_end(key.id)
        if len(self._held) > MAX_KEYS:
            self._held.popitem(last=False)
        return asker

    async def _owner(self, key: Principal) -> Any:
        """A user's asker, a group's permissions, or the rights of any other owner."""
        if key.owner_id is None:
            raise Unauthorized
        try:
            if key.owner_type == "user":
                asker = (await self._snapshots.of_user(key.tenant_id, key.owner_id)).asker
                if asker.refused is not None:
                    raise Unauthorized
                return asker
            if key.owner_type == "group":
                return await self._access.of_group(key.tenant_id, key.owner_id)
        except NotFound as gone:
            raise Unauthorized from gone
        return tuple((await self._access.rights_of(key)).names)


def _compile(key: Principal, made_of: Any) -> Asker:
    ceiling = None if EVERY_RIGHT in key.scopes else _permissions(key.scopes)
    told = {"api_key": {"id": str(key.id), "name": key.name, "owner_type": key.owner_type}}
    if isinstance(made_of, Asker):
        return replace(made_of, subject={**made_of.subject, **told}, ceiling=ceiling)
    subject = {"id": str(key.owner_id), "tenant_id": str(key.tenant_id), "roles": [], "groups": [], "attributes": {}}
    if isinstance(made_of, tuple):
        return Asker(_permissions(made_of), {**subject, **told}, ceiling=ceiling)
    answer = made_of.answer
    subject |= {"roles": sorted(role.name for role in answer.roles), "groups": [answer.group.path]}
    return Asker(PermissionSet(sources_of(answer.permissions, answer.roles)), {**subject, **told}, ceiling=ceiling)


def _permissions(rights: Iterable[str]) -> PermissionSet:
    """Rights ``resource:action`` in the engine's form."""
    pairs = (right.rpartition(":") for right in rights)
    return PermissionSet(PermissionSource(resource, action) for resource, _, action in pairs if resource)
