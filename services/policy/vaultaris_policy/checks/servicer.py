"""Permission checks over gRPC, for other services: the same decisions."""

from collections.abc import Sequence
from typing import Any

from grpc import aio

from vaultaris.policy.v1.policy_pb2 import (
    BatchCheckPermissionsRequest,
    BatchCheckPermissionsResponse,
    CheckPermissionRequest,
    Decision,
)
from vaultaris.policy.v1.policy_pb2_grpc import PolicyServiceServicer
from vaultaris_kit.context import current_request
from vaultaris_kit.errors import Invalid
from vaultaris_kit.http.body import parse_json
from vaultaris_kit.principal import SYSTEM
from vaultaris_kit.rpc.fields import id_in
from vaultaris_policy.checks.bodies import check_context, check_text
from vaultaris_policy.checks.operations import Answer, Checks
from vaultaris_policy.checks.schemas import MAX_ACTION_CHARS, MAX_CHECKS, MAX_RESOURCE_CHARS, BatchItem


class PolicyServicer(PolicyServiceServicer):
    """See ``policy.proto``."""

    def __init__(self, checks: Checks) -> None:
        self._checks = checks

    async def CheckPermission(  # noqa: N802 - the name in the proto
        self, request: CheckPermissionRequest, _context: "aio.ServicerContext[Any, Any]"
    ) -> Decision:
        (answer,) = await self._answer(request, [request])
        return _message(answer)

    async def BatchCheckPermissions(  # noqa: N802 - the name in the proto
        self, request: BatchCheckPermissionsRequest, _context: "aio.ServicerContext[Any, Any]"
    ) -> BatchCheckPermissionsResponse:
        if not 1 <= len(request.checks) <= MAX_CHECKS:
            raise Invalid.field("checks", f"Must hold 1 to {MAX_CHECKS} checks.", "length")
        answers = await self._answer(request, request.checks, batch=True)
        return BatchCheckPermissionsResponse(results=map(_message, answers))

    async def _answer(
        self,
        request: CheckPermissionRequest | BatchCheckPermissionsRequest,
        questions: Sequence[CheckPermissionRequest] | Sequence[BatchCheckPermissionsRequest.Check],
        *,
        batch: bool = False,
    ) -> Sequence[Answer]:
        return await self._checks.answer(
            SYSTEM,
            tenant_id=id_in("tenant_id", request.tenant_id),
            user_id=id_in("user_id", request.user_id),
            questions=[_question(each) for each in questions],
            caller=current_request().peer,
            batch=batch,
        )


def _question(question: CheckPermissionRequest | BatchCheckPermissionsRequest.Check) -> BatchItem:
    """The bounds of the HTTP bodies hold here too."""
    check_text(question.resource, "resource", MAX_RESOURCE_CHARS)
    check_text(question.action, "action", MAX_ACTION_CHARS)
    return BatchItem(question.resource, question.action, _context(question.context))


def _context(encoded: str) -> dict[str, Any] | None:
    if not encoded:
        return None
    context = parse_json(encoded.encode())
    if not isinstance(context, dict):
        raise Invalid.field("context", "Must be a JSON object.", "type")
    check_context(context, "context")
    return context


def _message(answer: Answer) -> Decision:
    decision = answer.decision
    if decision.message is None:
        decision.message = Decision(
            allowed=decision.allowed, reason=decision.reason, matched_policy=decision.matched_policy or ""
        )
    told: Decision = decision.message
    return told
