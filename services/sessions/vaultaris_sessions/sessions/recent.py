"""The sign-ins that this process has just stored by auth's call: their events bring nothing new."""

from collections import OrderedDict
from uuid import UUID

_KEPT = 10_000


class RecentSignIns:
    """Bounded; what is forgotten, or was stored by another replica, is looked up in the table instead."""

    def __init__(self) -> None:
        self._ids: OrderedDict[UUID, None] = OrderedDict()

    def add(self, session_id: UUID) -> None:
        """To be called after the commit."""
        self._ids[session_id] = None
        if len(self._ids) > _KEPT:
            self._ids.popitem(last=False)

    def __contains__(self, session_id: object) -> bool:
        return session_id in self._ids
