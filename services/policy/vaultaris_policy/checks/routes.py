"""Permission checks over HTTP: hot paths, so bodies are read and written without models."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request, Response

from vaultaris_kit.errors import Invalid
from vaultaris_kit.http.dependencies import allow, runtime_of
from vaultaris_kit.http.envelopes import One
from vaultaris_kit.http.lean import LeanRoute
from vaultaris_kit.principal import Principal
from vaultaris_policy.checks import answers as write
from vaultaris_policy.checks.answers import explain_asked, json_body
from vaultaris_policy.checks.bodies import BodyReader, check_context
from vaultaris_policy.checks.documents import describe
from vaultaris_policy.checks.operations import Checks
from vaultaris_policy.checks.schemas import (
    MAX_EXPLAINED,
    BatchAnswer,
    BatchCheckRequest,
    CheckAnswer,
    CheckRequest,
)

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
    checks = runtime_of(request).get(Checks)
    (answer,) = await checks.answer(principal, tenant_id=_tenant(request), user_id=asked.user_id, questions=[asked])
    return write.single(answer, answer.trace() if asked.explain or explain_asked(request) else None)


@router.post(
    "/batch-check-permissions",
    operation_id="integration-batch-check",
    responses={200: {"model": One[BatchAnswer]}},
    openapi_extra=describe(BatchCheckRequest),
)
async def batch_check_permissions(request: Request, principal: Checker) -> Response:
    """Up to 100 questions about one user, answered in their order and all at one moment."""
    asked = _read_batch(await json_body(request))
    for at, each in enumerate(asked.checks):
        check_context(each.context, f"checks.{at}.context")
    explain = asked.explain or explain_asked(request)
    if explain and len(asked.checks) > MAX_EXPLAINED:
        raise Invalid.field("explain", f"At most {MAX_EXPLAINED} checks are explained at once.", "too_many")
    checks = runtime_of(request).get(Checks)
    answers = await checks.answer(principal, tenant_id=_tenant(request), user_id=asked.user_id, questions=asked.checks)
    return write.batch(asked.checks, answers, [answer.trace() if explain else None for answer in answers])


def _tenant(request: Request) -> UUID:
    """The tenant in the path, which the guard has found to be a UUID."""
    return UUID(request.path_params["tenant_id"])
