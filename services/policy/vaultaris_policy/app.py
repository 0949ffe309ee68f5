"""The policy service: access decisions, live and explained."""

from vaultaris.policy.v1.policy_pb2_grpc import add_PolicyServiceServicer_to_server
from vaultaris_kit.service import Runtime, Service
from vaultaris_policy.base import OUTBOX
from vaultaris_policy.checks.operations import Checks
from vaultaris_policy.checks.routes import router as checks_router
from vaultaris_policy.checks.servicer import PolicyServicer
from vaultaris_policy.checks.snapshots import Snapshots
from vaultaris_policy.settings import PolicySettings


async def start(runtime: Runtime) -> None:
    """Puts the parts together."""
    checks = Checks(Snapshots(runtime.access), runtime.bus)
    runtime.provide(checks)
    add_PolicyServiceServicer_to_server(PolicyServicer(checks), runtime.grpc)


SERVICE = Service(
    name="policy", title="Policy", settings=PolicySettings, routers=(checks_router,), outbox=OUTBOX, start=start
)
