"""Checks that must see a certain write: whatever may be held from before it is asked anew of its owner."""

from uuid import UUID

from vaultaris_kit.access import Access
from vaultaris_kit.bus import Bus
from vaultaris_kit.principal import Principal
from vaultaris_policy.policies.sets import PolicySets


class Freshness:
    """Knows by the events heard whether what this process holds is new enough."""

    def __init__(self, bus: Bus, access: Access, policies: PolicySets) -> None:
        self._bus, self._access, self._policies = bus, access, policies
        bus.seen.keep()

    def for_user(self, token: str | None, tenant_id: UUID, user_id: UUID) -> None:
        """Before a decision on a user. Raises :class:`Invalid` for what is no token."""
        if token is not None and not self._bus.seen.covers(token):
            self._access.forget_user(tenant_id, user_id)
            self._policies.doubt_tenant(tenant_id)

    def for_key(self, token: str | None, key: Principal) -> None:
        """Before a decision on an API key: its owner may be a user, a group or an application."""
        if token is None or self._bus.seen.covers(token):
            return
        self._policies.doubt_tenant(key.tenant_id)
        if key.owner_id is not None:
            self._access.forget_user(key.tenant_id, key.owner_id)
            self._access.forget_group(key.tenant_id, key.owner_id)
            self._access.forget_application(key.tenant_id, key.owner_id)

    def for_policies(self, token: str | None, tenant_id: UUID) -> None:
        """Before a decision by policies alone."""
        if token is not None and not self._bus.seen.covers(token):
            self._policies.doubt_tenant(tenant_id)
