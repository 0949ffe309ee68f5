"""The catalogue of management rights: who may call which endpoint is written in these names.

A right is ``<resource>:<action>``. ``docs/rights.md`` is rendered from this file.
"""

from collections.abc import Iterable
from functools import lru_cache
from typing import Final

_CRUD = ("read", "create", "update", "delete")

RESOURCES: Final[dict[str, tuple[str, ...]]] = {
    "tenants": _CRUD,
    "licenses": ("read", "update"),
    "hosted-tenants": ("read", "create", "update"),
    "users": (*_CRUD, "restore", "import", "export"),
    "roles": (*_CRUD, "restore", "assign"),
    "permissions": (*_CRUD, "restore", "assign"),
    "groups": (*_CRUD, "restore", "assign"),
    "applications": (*_CRUD, "link"),
    "members": _CRUD,
    "clients": (*_CRUD, "rotate-secret"),
    "keys": ("read", "rotate"),
    "identity-providers": _CRUD,
    "api-keys": (*_CRUD, "revoke"),
    "sessions": ("read", "revoke"),
    "devices": ("read", "trust", "revoke"),
    "mfa": ("verify", "delete"),
    "policies": (*_CRUD, "evaluate"),
    "audit": ("read",),
    "statistics": ("read",),
    "plugins": (*_CRUD, "install", "uninstall", "activate", "enable", "disable", "configure"),
    "templates": ("export", "import"),
    "integration": ("read", "check", "validate"),
    "kubernetes": ("review",),
}
"""Every resource of the management API with its actions."""

ALL_RIGHTS: Final[frozenset[str]] = frozenset(
    f"{resource}:{action}" for resource, actions in RESOURCES.items() for action in actions
)

INSTANCE_RIGHTS: Final[frozenset[str]] = frozenset(
    {"tenants:create", "tenants:delete", "licenses:update", "plugins:install", "plugins:uninstall", "plugins:activate"}
)
"""Rights that reach beyond one tenant: only administrators of the master tenant hold them."""

TENANT_RIGHTS: Final[frozenset[str]] = ALL_RIGHTS - INSTANCE_RIGHTS

READ_RIGHTS: Final[frozenset[str]] = frozenset(right for right in TENANT_RIGHTS if right.endswith((":read", ":check")))


EVERY_RIGHT: Final = "*:*"
_NARROWED: Final = 16
"""How many narrowings of a set are kept: those of one person's clients and API keys that are in use."""
_SCOPES: Final = 4096


class RightSet:
    """A set of held rights with ``*`` wildcards on either side of the colon."""

    __slots__ = ("_actions_on_any", "_any", "_exact", "_narrowed", "_on_resource")

    def __init__(self, held: Iterable[str]) -> None:
        self._exact = frozenset(held)
        pairs = [right.rsplit(":", 1) for right in self._exact if ":" in right]
        self._on_resource = frozenset(resource for resource, action in pairs if action == "*" and resource != "*")
        self._actions_on_any = frozenset(action for resource, action in pairs if resource == "*" and action != "*")
        self._any = EVERY_RIGHT in self._exact
        self._narrowed: dict[frozenset[str], RightSet] = {}

    def __contains__(self, right: str) -> bool:
        if self._any or right in self._exact:
            return True
        resource, _, action = right.rpartition(":")
        return resource in self._on_resource or action in self._actions_on_any

    @property
    def names(self) -> list[str]:
        """The rights as they were granted, sorted."""
        return sorted(self._exact)

    def covers(self, right: str) -> bool:
        """Whether everything that ``right`` (itself perhaps a wildcard) grants is held."""
        resource, _, action = right.rpartition(":")
        if self._any:
            return True
        if resource == "*":
            return action != "*" and action in self._actions_on_any
        if action == "*":
            return resource in self._on_resource
        return right in self

    def narrowed(self, limits: frozenset[str]) -> "RightSet":
        """What is both held and within ``limits``, wildcards on either side."""
        found = self._narrowed.get(limits)
        if found is None:
            if len(self._narrowed) >= _NARROWED:
                self._narrowed.clear()
            found = self._narrowed[limits] = self._narrow(limits)
        return found

    def _narrow(self, limits: frozenset[str]) -> "RightSet":
        within = RightSet(limits)
        if within.unlimited:
            return self
        both = {right for right in self._exact if within.covers(right)}
        both |= {right for right in within._exact if self.covers(right)}
        both |= _crossings(self, within) | _crossings(within, self)
        return RightSet(both)

    @property
    def unlimited(self) -> bool:
        """Whether this is ``*:*``."""
        return self._any


@lru_cache(_SCOPES)
def rights_of_scopes(scopes: frozenset[str]) -> RightSet:
    """The rights among the scopes of a client's token."""
    return RightSet(scope for scope in scopes if ":" in scope)


def _crossings(one: RightSet, other: RightSet) -> set[str]:
    """``users:*`` and ``*:read`` have ``users:read`` in common."""
    return {f"{resource}:{action}" for resource in one._on_resource for action in other._actions_on_any}
