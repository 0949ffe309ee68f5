"""HTTP: AuthZEN's evaluation endpoints (section 10.1) and metadata (section 9)."""

from collections.abc import Sequence
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Request, Response

from vaultaris_kit.errors import BadRequest, Invalid
from vaultaris_kit.http.dependencies import allow, runtime_of
from vaultaris_kit.http.lean import LeanRoute
from vaultaris_kit.principal import Principal
from vaultaris_policy.authzen.operations import evaluate
from vaultaris_policy.authzen.questions import expand
from vaultaris_policy.authzen.schemas import (
    Configuration,
    EvaluationRequest,
    EvaluationResponse,
    EvaluationsRequest,
    EvaluationsResponse,
)
from vaultaris_policy.authzen.subjects import Subjects
from vaultaris_policy.checks.answers import fresh_as, json_body
from vaultaris_policy.checks.bodies import Body, BodyReader
from vaultaris_policy.checks.documents import describe
from vaultaris_policy.checks.operations import Checks

router = APIRouter(tags=["authzen"], route_class=LeanRoute)

Checker = Annotated[Principal, allow("integration:check")]

_one = BodyReader(EvaluationRequest)
_many = BodyReader(EvaluationsRequest)
_encode = msgspec.json.Encoder().encode
_HOUR = "public, max-age=3600"


@router.post(
    "/access/v1/evaluation",
    operation_id="authzen-evaluation",
    responses={200: {"model": EvaluationResponse}},
    openapi_extra=describe(EvaluationRequest, in_tenant=False, explained=False),
)
async def evaluate_one(request: Request, principal: Checker) -> Response:
    """One decision on a subject of the caller's tenant, by roles and policies."""
    (told,) = await _evaluate(request, principal, [await _read(request, _one)])
    return _json(told)


@router.post(
    "/access/v1/evaluations",
    operation_id="authzen-evaluations",
    responses={200: {"model": EvaluationsResponse}},
    openapi_extra=describe(EvaluationsRequest, in_tenant=False, explained=False),
)
async def evaluate_many(request: Request, principal: Checker) -> Response:
    """Up to 100 decisions, with defaults and with an end at the first denial or permit when that is asked for."""
    body = await _read(request, _many)
    semantic = body.options.evaluations_semantic if body.options else "execute_all"
    told = await _evaluate(request, principal, expand(body), many=bool(body.evaluations), semantic=semantic)
    return _json({"evaluations": told} if body.evaluations else told[0])


@router.get(
    "/.well-known/authzen-configuration",
    operation_id="authzen-configuration",
    responses={200: {"model": Configuration}},
)
async def read_authzen_configuration(request: Request) -> Response:
    """Where the endpoints are."""
    base = runtime_of(request).settings.external_url
    told = {
        "policy_decision_point": base,
        "access_evaluation_endpoint": f"{base}/access/v1/evaluation",
        "access_evaluations_endpoint": f"{base}/access/v1/evaluations",
    }
    return Response(_encode(told), media_type="application/json", headers={"Cache-Control": _HOUR})


async def _evaluate(
    request: Request, principal: Principal, asked: Sequence[EvaluationRequest], **options: Any
) -> list[dict[str, Any]]:
    runtime = runtime_of(request)
    fresh = fresh_as(request, None)
    try:
        return await evaluate(runtime.get(Checks), runtime.get(Subjects), principal, asked, fresh=fresh, **options)
    except Invalid as fault:
        raise _bad(fault) from fault


async def _read(request: Request, reader: BodyReader[Body]) -> Body:
    try:
        return reader.read(await json_body(request))
    except Invalid as fault:
        raise _bad(fault) from fault


def _bad(fault: Invalid) -> BadRequest:
    """The specification knows 400 only."""
    return BadRequest(fault.message, details=fault.details)


def _json(told: dict[str, Any]) -> Response:
    return Response(_encode(told), media_type="application/json")
