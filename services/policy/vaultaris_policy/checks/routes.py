"""Permission checks over HTTP: hot paths, so bodies are read and written without models."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request, Response

from vaultaris_kit.errors import Invalid
from vaultaris_kit.http.dependencies import allow, runtime_of
from vaultaris_kit.http.envelopes import One
from vaultaris_kit.http.lean import LeanRoute
from vaultaris_kit.ids import read_id
from vaultaris_kit.principal import Principal
from vaultaris_policy.checks import answers as write
from vaultaris_policy.checks.answers import explain_asked, fresh_as, json_body
from vaultaris_policy.checks.bodies import BodyReader, check_context
from vaultaris_policy.checks.documents import describe
from vaultaris_policy.checks.freshness import Freshness
from vaultaris_policy.checks.operations import Answer, Checks, traces_of
from vaultaris_policy.checks.schemas import (
    MAX_EXPLAINED,
    BatchAnswer,
    BatchCheckRequest,
    BatchItem,
    CheckAnswer,
    CheckRequest,
)
from vaultaris_policy.subjects.ways import Ways

router = APIRouter(prefix="/api/v1/tenants/{tenant_id}/integration", tags=["integration"], route_class=LeanRoute)

Checker = Annotated[Principal, allow("integration:check")]

_read_check = BodyReader(CheckRequest).read
_read_batch = BodyReader(BatchCheckRequest).read


@router.post(
    "/check-permission",
    operation_id="integration-check",
    responses={200: {"model": One[CheckAnswer]}},
    openapi_extra=describe(CheckRequest),
)
async def check_permission(request: Request, principal: Checker) -> Response:
    """Whether a user may do something, at this moment. A denial is a 200 too; 404 means that there is no such user."""
    asked = _read_check(await json_body(request))
    check_context(asked.context, "context")
    (answer,) = await _answer(request, principal, asked, [asked])
    if not (asked.explain or explain_asked(request)):
        return write.single(answer)
    trace = answer.trace()
    await runtime_of(request).get(Ways).add_to([trace], _tenant(request), asked.user_id)
    return write.single(answer, trace)


@router.post(
    "/batch-check-permissions",
    operation_id="integration-batch-check",
    responses={200: {"model": One[BatchAnswer]}},
    openapi_extra=describe(BatchCheckRequest),
)
async def batch_check_permissions(request: Request, principal: Checker) -> Response:
    """Up to 100 questions about one user, answered in their order and all at one moment.

    One that would take too long to decide is not allowed, and its reason says so.
    """
    asked = _read_batch(await json_body(request))
    for at, each in enumerate(asked.checks):
        check_context(each.context, f"checks.{at}.context")
    explain = asked.explain or explain_asked(request)
    if explain and len(asked.checks) > MAX_EXPLAINED:
        raise Invalid.field("explain", f"At most {MAX_EXPLAINED} checks are explained at once.", "too_many")
    answers = await _answer(request, principal, asked, asked.checks, batch=True)
    traces = await traces_of(answers) if explain else [None] * len(answers)
    await runtime_of(request).get(Ways).add_to(traces, _tenant(request), asked.user_id)
    return write.batch(asked.checks, answers, traces)


async def _answer(
    request: Request,
    principal: Principal,
    asked: CheckRequest | BatchCheckRequest,
    questions: Sequence[CheckRequest | BatchItem],
    *,
    batch: bool = False,
) -> list[Answer]:
    runtime, tenant_id = runtime_of(request), _tenant(request)
    runtime.get(Freshness).for_user(fresh_as(request, asked.at_least_as_fresh), tenant_id, asked.user_id)
    checks = runtime.get(Checks)
    return await checks.answer(principal, tenant_id=tenant_id, user_id=asked.user_id, questions=questions, batch=batch)


def _tenant(request: Request) -> UUID:
    """The tenant in the path, which the guard has found to be a UUID."""
    return read_id(request.path_params["tenant_id"])
