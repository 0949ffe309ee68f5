"""The tables of policies and of what they said before."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from vaultaris_kit.limits.capped import Freezable
from vaultaris_kit.models import TenantRow, Versioned
from vaultaris_policy.base import Base


class Policy(TenantRow, Versioned, Freezable, Base):
    """One policy. ``conditions`` is an object always; ``{}`` means that it holds at all times."""

    __tablename__ = "policies"

    name: Mapped[str]
    effect: Mapped[str]
    resource_pattern: Mapped[str]
    actions: Mapped[list[Any]]
    display_name: Mapped[str | None]
    description: Mapped[str | None]
    priority: Mapped[int]
    conditions: Mapped[dict[str, Any]]
    status: Mapped[str]


class PolicyVersion(Base):
    """What a policy said in one of its versions, and who made it so. It goes with its policy."""

    __tablename__ = "policy_versions"

    policy_id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    tenant_id: Mapped[UUID]
    changed_at: Mapped[datetime]
    actor_type: Mapped[str]
    actor_id: Mapped[UUID | None]
    state: Mapped[dict[str, Any]]


WRITABLE = (
    "name", "effect", "resource_pattern", "actions", "display_name", "description", "priority", "conditions", "status",
)  # fmt: skip


def state_of(policy: Policy) -> dict[str, Any]:
    """What the policy says, as its history and the audit trail tell it."""
    return {name: getattr(policy, name) for name in WRITABLE}
