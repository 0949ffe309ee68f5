"""HTTP: simulation of policies."""

from uuid import UUID

from fastapi import APIRouter, Request

from vaultaris_kit.http.body import JsonRoute
from vaultaris_kit.http.dependencies import allow, runtime_of
from vaultaris_kit.http.envelopes import One, one
from vaultaris_policy.checks.recent import Recent
from vaultaris_policy.checks.snapshots import Snapshots
from vaultaris_policy.policies.operations import source_of
from vaultaris_policy.policies.repository import Policies
from vaultaris_policy.policies.sets import PolicySets
from vaultaris_policy.simulation.drafts import Dormant, Drafts
from vaultaris_policy.simulation.operations import simulate
from vaultaris_policy.simulation.schemas import Draft, Simulation, SimulationRequest

router = APIRouter(prefix="/api/v1/tenants/{tenant_id}/policies", tags=["policies"], route_class=JsonRoute)


@router.post("/simulate", operation_id="policies-simulate", dependencies=[allow("policies:evaluate")])
async def simulate_policies(request: Request, tenant_id: UUID, body: SimulationRequest) -> One[Simulation]:
    """Which answers a draft would change, for given questions or for those asked lately. Nothing is written."""
    runtime = runtime_of(request)
    before = await runtime.get(PolicySets).of_tenant(tenant_id)
    async with runtime.database.tenant(tenant_id) as session:
        rows = await Policies(session, tenant_id).dormant(_named(body.draft))
    dormant = {row.id: Dormant(source_of(row), frozen=row.freeze_reason is not None) for row in rows}
    after = await runtime.get(Drafts).apply(before, dormant.get, body.draft)
    told = await simulate(runtime.get(Snapshots), runtime.get(Recent), tenant_id, body, before=before, after=after)
    return one(told)


def _named(draft: Draft) -> list[UUID]:
    return [*draft.remove, *(each.id for each in draft.replace)]
