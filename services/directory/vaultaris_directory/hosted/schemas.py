"""Hosted tenants on the wire (shapes of the public API)."""

from dataclasses import asdict
from datetime import datetime
from typing import Any, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, model_validator

from vaultaris_directory.hosted.stats import Stats
from vaultaris_directory.licences.token import Hosting, Tier
from vaultaris_directory.tenants.schemas import Slug, Status
from vaultaris_directory.users.schemas import Email, Password, Username
from vaultaris_kit.http.fields import CreateBody, Description, Label, Name


class HostedCreate(CreateBody):
    """With a first administrator, or without one."""

    name: Name
    slug: Slug
    display_name: Label | None = None
    tier: Tier = "community"
    admin_email: Email | None = None
    admin_username: Username | None = None
    admin_password: Password | None = None

    @model_validator(mode="after")
    def _whole_administrator(self) -> Self:
        given = (self.admin_email, self.admin_username, self.admin_password)
        if any(given) and not all(given):
            raise ValueError("admin_email, admin_username and admin_password go together")
        return self

    def tenant(self) -> dict[str, Any]:
        return self.model_dump(include={"name", "slug", "display_name", "tier"})

    def admin(self) -> dict[str, Any] | None:
        """The first administrator's fields."""
        if self.admin_username is None:
            return None
        return {"username": self.admin_username, "email": self.admin_email, "email_verified": False}


class HostedStatus(CreateBody):
    status: Status
    reason: Description | None = None


class HostedTier(CreateBody):
    tier: Tier


class HostedOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: UUID
    host_tenant_id: UUID
    name: str
    slug: str
    display_name: str | None
    status: str
    tier: str | None
    created_at: datetime
    updated_at: datetime


class StatsOut(BaseModel):
    """Counts only. Null stands for what the service that counts it can't tell at this moment."""

    model_config = ConfigDict(from_attributes=True)

    tenant_id: UUID
    total_users: int
    active_users: int
    active_sessions: int | None
    total_clients: int | None
    total_applications: int
    authentications_30d: int | None
    failed_authentications_30d: int | None
    last_activity_at: datetime | None


def stats_out(tenant_id: UUID, stats: Stats) -> StatsOut:
    return StatsOut(tenant_id=tenant_id, **asdict(stats))


class CapabilityOut(BaseModel):
    """``current_count`` leaves archived tenants out, as the cap does."""

    enabled: bool
    max_hosted_tenants: int | None
    allowed_tiers: list[str]
    current_count: int
    remaining: int | None


def capability_out(hosting: Hosting, current: int) -> CapabilityOut:
    cap = hosting.max_hosted_tenants
    return CapabilityOut(
        enabled=hosting.enabled,
        max_hosted_tenants=cap,
        allowed_tiers=list(hosting.allowed_tiers),
        current_count=current,
        remaining=None if cap is None else max(cap - current, 0),
    )
