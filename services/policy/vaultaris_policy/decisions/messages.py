"""Public messages, read within the bounds of the REST bodies, and written."""

from typing import Any

from google.protobuf.json_format import MessageToDict, ParseDict
from google.protobuf.struct_pb2 import Struct

from vaultaris.decisions.v1.decisions_pb2 import BatchCheckRequest, CheckApiKeyRequest, CheckRequest, CheckResponse
from vaultaris_kit.errors import Invalid
from vaultaris_policy.checks.bodies import check_context, check_text
from vaultaris_policy.checks.operations import Answer
from vaultaris_policy.checks.schemas import MAX_ACTION_CHARS, MAX_RESOURCE_CHARS, BatchItem

Question = CheckRequest | CheckApiKeyRequest | BatchCheckRequest.Question


def question_of(asked: Question, path: str = "") -> BatchItem:
    """Raises :class:`Invalid` with the field below ``path``."""
    check_text(asked.resource, f"{path}resource", MAX_RESOURCE_CHARS)
    check_text(asked.action, f"{path}action", MAX_ACTION_CHARS)
    context = _context(asked.context, f"{path}context") if asked.HasField("context") else None
    return BatchItem(asked.resource, asked.action, context)


def _context(given: Struct, field: str) -> dict[str, Any]:
    try:
        context: dict[str, Any] = MessageToDict(given)
    except ValueError as fault:  # NaN and the infinities are no JSON
        raise Invalid.field(field, "Must be what JSON can hold.", "json") from fault
    check_context(context, field)
    return context


def response_of(answer: Answer, trace: dict[str, Any] | None) -> CheckResponse:
    """The answer; with its trace when that was asked for."""
    told = CheckResponse(
        allowed=answer.allowed, reason=answer.reason, matched_policy=answer.decision.matched_policy or ""
    )
    if trace is not None:
        ParseDict(trace, told.trace)
    return told
