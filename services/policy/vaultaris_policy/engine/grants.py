"""What roles grant: a user's permissions, indexed once per snapshot."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from vaultaris_kit.conditions.language import Condition, Tree, read_conditions
from vaultaris_kit.conditions.values import Attributes
from vaultaris_policy.engine.careful import compile_carefully
from vaultaris_policy.engine.patterns import Matcher, matcher

if TYPE_CHECKING:
    from vaultaris_policy.engine.decision import Decision


@dataclass(frozen=True, slots=True)
class PermissionSource:
    """A permission as the directory gives it, and the role through which it is held.

    Without a role it is held by the owner of an API key: a tenant or an application, which has none.
    """

    resource: str
    action: str
    conditions: Any = None
    role: str = ""
    role_id: str = ""


@dataclass(slots=True, eq=False)
class Grant:
    """A compiled permission. ``decision`` is made when it first decides."""

    source: PermissionSource
    condition: Condition | None
    decision: "Decision | None" = None

    @property
    def conditions(self) -> Any:
        """As they were written."""
        return self.source.conditions

    def holds(self, attributes: Attributes) -> bool:
        """Whether the conditions are met."""
        return self.condition is None or self.condition(attributes)


class PermissionSet:
    """The permissions of one user. One whose conditions can't be decided grants nothing."""

    def __init__(self, sources: Iterable[PermissionSource]) -> None:
        self._exact: dict[tuple[str, str], list[Grant]] = {}
        self._patterns: list[tuple[Matcher, Matcher, Grant]] = []
        for source in sorted(sources, key=_order):
            grant = _compile(source)
            if "*" in source.resource or "*" in source.action:
                self._patterns.append((matcher(source.resource), matcher(source.action), grant))
            else:
                self._exact.setdefault((source.resource, source.action), []).append(grant)
        self._names_ids = any(":" in resource for resource, _ in self._exact) or bool(self._patterns)

    def candidates(self, action: str, resource_type: str, resource_id: str | None) -> Sequence[Grant]:
        """The permissions that fit, conditions aside: those on the type, and those on this very resource."""
        on_type = self._exact.get((resource_type, action), ())
        if not self._names_ids:
            return on_type
        names = [resource_type] if resource_id is None else [resource_type, f"{resource_type}:{resource_id}"]
        found = list(on_type)
        if resource_id is not None:
            found += self._exact.get((names[1], action), ())
        for matches_resource, matches_action, grant in self._patterns:
            if matches_action(action) and any(map(matches_resource, names)):
                found.append(grant)
        return found


def _order(source: PermissionSource) -> tuple[bool, str, str, str]:
    """Unconditional ones first: they decide without a look at the attributes."""
    return (bool(source.conditions), source.resource, source.action, source.role)


def _compile(source: PermissionSource) -> Grant:
    def read() -> Tree:
        return read_conditions(source.conditions)

    named = f"permission {source.resource}:{source.action}"
    return Grant(source, compile_carefully(read(), read, of=named, deny=False))


NO_PERMISSIONS = PermissionSet(())
