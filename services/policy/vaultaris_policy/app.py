"""The policy service: access decisions, live and explained."""

from typing import Final

from vaultaris.configuration.v1.configuration_pb2_grpc import add_ConfigurationServiceServicer_to_server
from vaultaris.decisions.v1.decisions_pb2_grpc import add_DecisionServiceServicer_to_server
from vaultaris.policy.v1.policy_pb2_grpc import add_PolicyServiceServicer_to_server
from vaultaris_kit.access import directory_source
from vaultaris_kit.application_links.elsewhere import OwnedResources
from vaultaris_kit.applications import Applications
from vaultaris_kit.configuration import ConfigurationServicer
from vaultaris_kit.rpc.public import create_public_server, serve_public
from vaultaris_kit.service import Runtime, Service
from vaultaris_policy.application_links.kinds import OWNED
from vaultaris_policy.application_links.routes import router as application_policies_router
from vaultaris_policy.authzen.routes import router as authzen_router
from vaultaris_policy.authzen.subjects import Subjects
from vaultaris_policy.base import IDEMPOTENCY_KEYS, OUTBOX, SCHEMA
from vaultaris_policy.checks.freshness import Freshness
from vaultaris_policy.checks.operations import Checks
from vaultaris_policy.checks.recent import Recent
from vaultaris_policy.checks.routes import router as checks_router
from vaultaris_policy.checks.servicer import PolicyServicer
from vaultaris_policy.checks.snapshots import Snapshots
from vaultaris_policy.configuration import SECTIONS
from vaultaris_policy.decisions.invalidations import Invalidations
from vaultaris_policy.decisions.servicer import DECISION_SERVICE, DecisionServicer
from vaultaris_policy.evaluation.routes import router as evaluation_router
from vaultaris_policy.keys.askers import KeyAskers
from vaultaris_policy.keys.routes import router as keys_router
from vaultaris_policy.kubernetes.routes import router as kubernetes_router
from vaultaris_policy.limits import POLICIES, limit_keeper
from vaultaris_policy.policies.routes import router as policies_router
from vaultaris_policy.policies.sets import PolicySets
from vaultaris_policy.settings import PolicySettings
from vaultaris_policy.simulation.drafts import Drafts
from vaultaris_policy.simulation.routes import router as simulation_router
from vaultaris_policy.subjects.routes import router as subjects_router
from vaultaris_policy.subjects.ways import Ways

_GRACE_SECONDS: Final = 2.0


async def start(runtime: Runtime) -> None:
    """Puts the parts together."""
    policies = PolicySets(runtime.database, runtime.bus)
    snapshots = Snapshots(runtime.access)
    settings = runtime.settings
    assert isinstance(settings, PolicySettings)
    recent = Recent(settings.recent_questions_per_tenant)
    checks = Checks(snapshots, policies.of_tenant, runtime.bus, recent)
    freshness = Freshness(runtime.bus, runtime.access, policies)
    keys, subjects = KeyAskers(runtime.access, snapshots), Subjects(runtime.peers, snapshots, freshness)
    runtime.provide(Applications(runtime.peers, runtime.bus))
    for part in (policies, snapshots, checks, freshness, keys, subjects, Ways(runtime.peers), recent, Drafts()):
        runtime.provide(part)
    runtime.background(policies.run())
    OwnedResources(runtime, OWNED).start()
    keeper = limit_keeper(runtime)
    runtime.provide(keeper)
    keeper.start()
    add_PolicyServiceServicer_to_server(PolicyServicer(checks), runtime.grpc)
    add_ConfigurationServiceServicer_to_server(ConfigurationServicer(runtime, SECTIONS, (POLICIES,)), runtime.grpc)
    invalidations = Invalidations(runtime.bus)
    runtime.provide(invalidations)
    runtime.background(invalidations.run())
    _serve_public_api(runtime)


def _serve_public_api(runtime: Runtime) -> None:
    settings = runtime.settings
    assert isinstance(settings, PolicySettings)
    server, _port = create_public_server(f"{settings.server_host}:{settings.public_grpc_port}")
    add_DecisionServiceServicer_to_server(DecisionServicer(runtime), server)
    runtime.background(serve_public(server, DECISION_SERVICE, grace=_GRACE_SECONDS))


SERVICE = Service(
    name=SCHEMA,
    title="Policy",
    settings=PolicySettings,
    # fixed paths before those with an id
    routers=(
        checks_router,
        keys_router,
        authzen_router,
        kubernetes_router,
        subjects_router,
        simulation_router,
        evaluation_router,
        policies_router,
        application_policies_router,
    ),
    outbox=OUTBOX,
    idempotency_keys=IDEMPOTENCY_KEYS,
    start=start,
    source=lambda runtime: directory_source(runtime.peers, with_metadata=True),
)
