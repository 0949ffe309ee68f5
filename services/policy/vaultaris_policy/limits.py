"""What a licence may limit here: policies. A frozen one says nothing in any decision."""

from typing import Final

from vaultaris_kit.limits.capped import Capped
from vaultaris_kit.limits.keeper import LimitKeeper, Owned
from vaultaris_kit.service import Runtime
from vaultaris_policy.policies.models import Policy

POLICIES: Final = Capped("policies", "policy", Policy, Policy.tenant_id, Policy.name)


def limit_keeper(runtime: Runtime) -> LimitKeeper:
    """Counts, freezes and thaws what this service owns."""
    return LimitKeeper(runtime, [Owned(POLICIES)])
