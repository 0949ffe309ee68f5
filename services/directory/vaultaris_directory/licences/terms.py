"""Which terms hold for a tenant: its own licence's, its tier's, or the instance's. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from vaultaris_directory.licences.token import Features, Licence, Status

HOSTED = "hosted_tenants"
"""The resource whose limit is the cap on hosted tenants."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What a tenant may. ``licence`` is the one that says so; a hosted tenant is not told which it is."""

    tier: str
    status: Status
    licence: Licence
    is_hosted: bool
    features: Features
    limits: Mapping[str, int | None]

    @property
    def reason(self) -> str:
        """Why what lies beyond the limits is frozen."""
        return "expiry" if self.status == "expired" else "license_downgrade"

    @property
    def caps(self) -> dict[str, int]:
        """The limits that limit something."""
        return {resource: limit for resource, limit in sorted(self.limits.items()) if limit is not None}

    def as_json(self) -> dict[str, Any]:
        """What has to be acted on when it changes, in a form that compares equal when it doesn't."""
        return {"tier": self.tier, "status": self.status, "limits": self.caps, "reason": self.reason}


@dataclass(frozen=True, slots=True)
class Grounds:
    """The facts that decide. ``host`` is the host's own licence; ``tier`` is what the host has handed out."""

    tenant_id: UUID
    instance: Licence
    own: Licence | None = None
    host_id: UUID | None = None
    host: Licence | None = None
    tier: str | None = None


def terms_of(grounds: Grounds, moment: datetime) -> Terms:
    """An own licence comes first; a hosted tenant without one has the limits of its tier, and hosts nobody."""
    if grounds.own is not None:
        return _licensed(grounds.own, grounds.own.features_at(moment), moment)
    if grounds.host_id is not None:
        return _hosted(grounds, grounds.host_id, moment)
    instance = grounds.instance
    hosts = instance.tenant_id == grounds.tenant_id
    return _licensed(instance, instance.features_at(moment) if hosts else _without_hosting(instance, moment), moment)


def _licensed(licence: Licence, features: Features, moment: datetime) -> Terms:
    limits = {**licence.limits_at(moment), HOSTED: features.hosting.cap}
    return Terms(licence.tier, licence.status(moment), licence, False, features, limits)


def _hosted(grounds: Grounds, host_id: UUID, moment: datetime) -> Terms:
    instance = grounds.instance
    licence = grounds.host or instance
    hosting = licence.features_at(moment).hosting
    grants = grounds.host is not None or instance.tenant_id == host_id
    tier = grounds.tier or "community"
    meant = {each: terms.limits for each, terms in hosting.tiers.items()} if grants else {}
    limits = {**instance.limits_at(moment), **meant.get(tier, {}), HOSTED: 0}  # type: ignore[call-overload]  # any tier is a key
    return Terms(tier, licence.status(moment), licence, True, Features(), limits)


def _without_hosting(licence: Licence, moment: datetime) -> Features:
    return licence.features_at(moment).model_copy(update={"hosting": Features().hosting})
