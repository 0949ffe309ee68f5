"""Whose notice goes next: nobody's slow client keeps others waiting.

A client that hangs costs a delivery its whole time. So each client has few at a time, each tenant some, all together a
bound; and whoever has the fewest under way comes first.
"""

from collections import Counter
from collections.abc import Iterable
from typing import Final
from uuid import UUID

from vaultaris_auth.backchannel_logout.notices import PER_CLIENT, Due, Notice

AT_ONCE: Final = 24
"""Deliveries of one process at a time; below what it may call at once at all, so that other calls go through."""
PER_TENANT: Final = 6


def choose(due: Iterable[Due], under_way: Iterable[Notice]) -> list[UUID]:
    """Which of ``due`` to deliver beside what is ``under_way``, within all three bounds."""
    running = list(under_way)
    tenants = Counter(notice.tenant_id for notice in running)
    clients = Counter(notice.client_id for notice in running)
    waiting = sorted(due, key=lambda each: each.due_at)
    chosen: list[UUID] = []
    while len(running) + len(chosen) < AT_ONCE:
        waiting = [
            each for each in waiting if tenants[each.tenant_id] < PER_TENANT and clients[each.client_id] < PER_CLIENT
        ]
        if not waiting:
            break
        following = min(waiting, key=lambda each: (tenants[each.tenant_id], clients[each.client_id]))
        waiting.remove(following)
        tenants[following.tenant_id] += 1
        clients[following.client_id] += 1
        chosen.append(following.id)
    return chosen
