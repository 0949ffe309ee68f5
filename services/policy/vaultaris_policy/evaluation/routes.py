"""HTTP: evaluation of policies."""

from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import APIRouter, Query, Request

from vaultaris_kit.errors import Invalid
from vaultaris_kit.http.body import JsonRoute
from vaultaris_kit.http.dependencies import allow, runtime_of
from vaultaris_kit.http.envelopes import One, one
from vaultaris_kit.ids import now
from vaultaris_kit.principal import Principal
from vaultaris_policy.checks.freshness import Freshness
from vaultaris_policy.checks.operations import Checks
from vaultaris_policy.checks.schemas import BatchItem
from vaultaris_policy.evaluation.operations import evaluate_supplied, evaluation_of
from vaultaris_policy.evaluation.schemas import (
    AccessRequest,
    ActionName,
    ConditionsSchema,
    EvaluateRequest,
    EvaluationAnswer,
    ResourceName,
)
from vaultaris_policy.evaluation.vocabulary import conditions_schema
from vaultaris_policy.policies.repository import Policies
from vaultaris_policy.policies.sets import PolicySets
from vaultaris_policy.subjects.ways import Ways

router = APIRouter(prefix="/api/v1/tenants/{tenant_id}", tags=["policies"], route_class=JsonRoute)

Evaluator = Annotated[Principal, allow("policies:evaluate")]
ExplainQuery = Annotated[bool, Query(description="Whether the answer carries a trace.")]
FreshQuery = Annotated[
    str | None,
    Query(description="A `Vaultaris-Consistency-Token`: the answer takes that write into account for certain."),
]

MAX_ATTRIBUTES: Final = 50
MAX_ATTRIBUTE_CHARS: Final = 1000
_PREFIX: Final = "attr."


@router.post("/policies/evaluate", operation_id="policies-evaluate", dependencies=[allow("policies:evaluate")])
async def evaluate_policies(
    request: Request,
    tenant_id: UUID,
    body: EvaluateRequest,
    explain: ExplainQuery = False,
    at_least_as_fresh: FreshQuery = None,
) -> One[EvaluationAnswer]:
    """All active policies against a supplied context: nothing is looked up, roles grant nothing by themselves."""
    runtime_of(request).get(Freshness).for_policies(at_least_as_fresh, tenant_id)
    policies = await runtime_of(request).get(PolicySets).of_tenant(tenant_id)
    body.explain = body.explain or explain
    return one(evaluate_supplied(tenant_id, body, policies, now()))


@router.get(
    "/policies/conditions-schema", operation_id="policies-conditions-schema", dependencies=[allow("policies:read")]
)
async def read_conditions_schema(request: Request, tenant_id: UUID) -> One[ConditionsSchema]:
    """What conditions can be made of; resource types and actions are those that the tenant's policies name."""
    async with runtime_of(request).database.tenant(tenant_id) as session:
        rows = await Policies(session, tenant_id).vocabulary()
    return one(conditions_schema((pattern, actions) for pattern, actions in rows))


@router.get("/users/{user_id}/policies/check", operation_id="user-policies-check")
async def check_user_policies(
    request: Request,
    tenant_id: UUID,
    user_id: UUID,
    principal: Evaluator,
    resource: Annotated[ResourceName, Query()],
    action: Annotated[ActionName, Query()],
    resource_id: Annotated[ResourceName | None, Query()] = None,
    owner_id: Annotated[ResourceName | None, Query()] = None,
    explain: ExplainQuery = False,
    at_least_as_fresh: FreshQuery = None,
) -> One[EvaluationAnswer]:
    """One decision for a user, by roles and policies. Every `attr.<name>` becomes `resource.attributes.<name>`."""
    asked = AccessRequest(
        resource=resource, action=action, resource_id=resource_id, owner_id=owner_id,
        context={"resource": {"attributes": _attributes(request)}}, explain=explain,
    )  # fmt: skip
    return await _check(request, principal, tenant_id, user_id, asked, at_least_as_fresh)


@router.post("/users/{user_id}/check-access", operation_id="user-check-access")
async def check_user_access(
    request: Request,
    tenant_id: UUID,
    user_id: UUID,
    principal: Evaluator,
    body: AccessRequest,
    explain: ExplainQuery = False,
    at_least_as_fresh: FreshQuery = None,
) -> One[EvaluationAnswer]:
    """The same with a JSON body, whose `context` is that of a permission check."""
    body.explain = body.explain or explain
    return await _check(request, principal, tenant_id, user_id, body, at_least_as_fresh)


async def _check(
    request: Request, principal: Principal, tenant_id: UUID, user_id: UUID, asked: AccessRequest, fresh: str | None
) -> One[EvaluationAnswer]:
    resource = f"{asked.resource}:{asked.resource_id}" if asked.resource_id else asked.resource
    item = BatchItem(resource, asked.action, _context(asked))
    runtime_of(request).get(Freshness).for_user(fresh, tenant_id, user_id)
    checks = runtime_of(request).get(Checks)
    (answer,) = await checks.answer(principal, tenant_id=tenant_id, user_id=user_id, questions=[item])
    trace = answer.trace() if asked.explain else None
    await runtime_of(request).get(Ways).add_to([trace], tenant_id, user_id)
    return one(evaluation_of(answer, trace))


def _context(asked: AccessRequest) -> dict[str, Any]:
    """The context, with the owner where conditions look for it."""
    context = asked.context or {}
    if asked.owner_id is None:
        return context
    given = context.get("resource")
    told = given if isinstance(given, dict) else {}
    return {**context, "resource": {**told, "owner_id": asked.owner_id}}


def _attributes(request: Request) -> dict[str, str]:
    """Raises :class:`Invalid` for too many of them, or too long ones."""
    found = {name: value for name, value in request.query_params.items() if name.startswith(_PREFIX)}
    if len(found) > MAX_ATTRIBUTES:
        raise Invalid.field("attr", f"At most {MAX_ATTRIBUTES} attributes can be given.", "too_many")
    for name, value in found.items():
        if len(name) + len(value) > MAX_ATTRIBUTE_CHARS:
            raise Invalid.field(name, f"Must have at most {MAX_ATTRIBUTE_CHARS} characters with its name.", "length")
    return {name.removeprefix(_PREFIX): value for name, value in found.items()}
