"""Answers as JSON, without a model or a dictionary on the way: a decision is encoded once, however often it is made."""

from collections.abc import Sequence
from typing import Any, Protocol

import msgspec
from fastapi import Request, Response

from vaultaris_kit.errors import Invalid, UnsupportedMediaType
from vaultaris_policy.checks.operations import Answer
from vaultaris_policy.engine.decision import Decision

_encode = msgspec.json.Encoder().encode


class Asked(Protocol):
    """One item of a batch."""

    resource: str
    action: str


def single(answer: Answer, trace: dict[str, Any] | None = None) -> Response:
    """ONE answer."""
    return _one(b"{%b%b}" % (_fields(answer.decision), _trace(trace)))


def batch(asked: Sequence[Asked], answers: Sequence[Answer], traces: Sequence[dict[str, Any] | None]) -> Response:
    """ONE object with an answer for every item, in their order."""
    results = b",".join(
        b'{"resource":%b,"action":%b,%b%b}'
        % (_encode(item.resource), _encode(item.action), _fields(answer.decision), _trace(trace))
        for item, answer, trace in zip(asked, answers, traces, strict=True)
    )
    allowed = b"true" if all(answer.decision.allowed for answer in answers) else b"false"
    return _one(b'{"results":[%b],"all_allowed":%b}' % (results, allowed))


def _one(data: bytes) -> Response:
    return Response(b'{"success":true,"data":%b}' % data, media_type="application/json")


def _fields(decision: Decision) -> bytes:
    """The members of an answer, without braces."""
    if decision.wire is None:
        told = {"allowed": decision.allowed, "reason": decision.reason, "matched_policy": decision.matched_policy}
        decision.wire = _encode(told)[1:-1]
    return decision.wire


def _trace(trace: dict[str, Any] | None) -> bytes:
    return b"" if trace is None else b',"trace":%b' % _encode(trace)


async def json_body(request: Request) -> bytes:
    """The body as it came. Raises :class:`UnsupportedMediaType` for what says that it is no JSON."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind and kind != "application/json" and not kind.endswith("+json"):
        raise UnsupportedMediaType("The body must be application/json.")
    return await request.body()


def explain_asked(request: Request) -> bool:
    """``explain=true`` in the query; looked at only when there is a query at all."""
    if not request.scope["query_string"]:
        return False
    told = request.query_params.get("explain", "false").lower()
    if told not in ("true", "false", "1", "0"):
        raise Invalid.field("explain", "Must be true or false.", "bool_parsing")
    return told in ("true", "1")


def fresh_as(request: Request, told: str | None) -> str | None:
    """The consistency token of the body, or else of the query."""
    if told is not None or not request.scope["query_string"]:
        return told
    return request.query_params.get("at_least_as_fresh")
