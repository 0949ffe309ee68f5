"""The policy service: access decisions, live and explained."""

from vaultaris.policy.v1.policy_pb2_grpc import add_PolicyServiceServicer_to_server
from vaultaris_kit.access import directory_source
from vaultaris_kit.service import Runtime, Service
from vaultaris_policy.base import IDEMPOTENCY_KEYS, OUTBOX, SCHEMA
from vaultaris_policy.checks.operations import Checks
from vaultaris_policy.checks.routes import router as checks_router
from vaultaris_policy.checks.servicer import PolicyServicer
from vaultaris_policy.checks.snapshots import Snapshots
from vaultaris_policy.evaluation.routes import router as evaluation_router
from vaultaris_policy.keys.askers import KeyAskers
from vaultaris_policy.keys.routes import router as keys_router
from vaultaris_policy.kubernetes.routes import router as kubernetes_router
from vaultaris_policy.policies.routes import router as policies_router
from vaultaris_policy.policies.sets import PolicySets
from vaultaris_policy.settings import PolicySettings


async def start(runtime: Runtime) -> None:
    """Puts the parts together."""
    policies = PolicySets(runtime.database, runtime.bus)
    snapshots = Snapshots(runtime.access)
    checks = Checks(snapshots, policies.of_tenant, runtime.bus)
    for part in (policies, snapshots, checks, KeyAskers(runtime.access, snapshots)):
        runtime.provide(part)
    runtime.background(policies.run())
    add_PolicyServiceServicer_to_server(PolicyServicer(checks), runtime.grpc)


SERVICE = Service(
    name=SCHEMA,
    title="Policy",
    settings=PolicySettings,
    # fixed paths before those with an id
    routers=(checks_router, keys_router, kubernetes_router, evaluation_router, policies_router),
    outbox=OUTBOX,
    idempotency_keys=IDEMPOTENCY_KEYS,
    start=start,
    source=lambda runtime: directory_source(runtime.peers, with_metadata=True),
)
