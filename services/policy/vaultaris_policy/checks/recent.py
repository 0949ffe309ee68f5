"""Which questions have been asked lately: a bounded memory for simulations, in this process alone.

It holds who was asked about, the resource and the action, never a context, an address or an answer. Nothing of it is
written anywhere; it ends with the process.
"""

from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

MAX_TENANTS: Final = 200


@dataclass(slots=True)
class Asked:
    """How often a question was asked, and whether ever with a context."""

    count: int
    with_context: bool


Key = tuple[UUID, str, str]
"""User, resource, action."""


class Recent:
    """The last ``per_tenant`` different questions of each of the last tenants; 0 keeps none."""

    def __init__(self, per_tenant: int) -> None:
        self._per_tenant = per_tenant
        self._tenants: OrderedDict[UUID, OrderedDict[Key, Asked]] = OrderedDict()

    def note(self, tenant_id: UUID, user_id: UUID, questions: Iterable[tuple[str, str, bool]]) -> None:
        """Questions as resource, action and whether they came with a context."""
        if not self._per_tenant:
            return
        asked = self._tenants.get(tenant_id)
        if asked is None:
            asked = self._tenants[tenant_id] = OrderedDict()
            if len(self._tenants) > MAX_TENANTS:
                self._tenants.popitem(last=False)
        else:
            self._tenants.move_to_end(tenant_id)
        for resource, action, with_context in questions:
            key = (user_id, resource, action)
            known = asked.get(key)
            if known is None:
                asked[key] = Asked(1, with_context)
                if len(asked) > self._per_tenant:
                    asked.popitem(last=False)
            else:
                asked.move_to_end(key)
                known.count += 1
                known.with_context |= with_context

    def of_tenant(self, tenant_id: UUID, limit: int) -> Sequence[tuple[Key, Asked]]:
        """The latest first."""
        asked = self._tenants.get(tenant_id, OrderedDict())
        return [(key, asked[key]) for key, _ in zip(reversed(asked), range(limit), strict=False)]
