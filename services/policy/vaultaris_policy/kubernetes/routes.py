"""HTTP: the two webhooks. Every review is answered with 200 and a status; only what is no review is refused."""

from collections.abc import Awaitable
from typing import Any

import msgspec
from fastapi import APIRouter, Request, Response

from vaultaris_kit.errors import Unavailable
from vaultaris_kit.http.dependencies import runtime_of
from vaultaris_kit.http.lean import LeanRoute
from vaultaris_policy.checks.answers import json_body
from vaultaris_policy.checks.bodies import BodyReader
from vaultaris_policy.checks.documents import describe
from vaultaris_policy.checks.meter import TooCostly
from vaultaris_policy.checks.operations import Checks
from vaultaris_policy.checks.snapshots import Snapshots
from vaultaris_policy.kubernetes.access import review_access
from vaultaris_policy.kubernetes.reviewers import Cluster
from vaultaris_policy.kubernetes.schemas import (
    AccessReview,
    AccessReviewAnswer,
    TokenReview,
    TokenReviewAnswer,
    answer_to,
)
from vaultaris_policy.kubernetes.tokens import review_token

router = APIRouter(prefix="/api/v1/kubernetes", tags=["kubernetes"], route_class=LeanRoute)

_read_token_review = BodyReader(TokenReview).read
_read_access_review = BodyReader(AccessReview).read
_encode = msgspec.json.Encoder().encode


@router.post(
    "/token-review",
    operation_id="k8s-token-review",
    responses={200: {"model": TokenReviewAnswer}},
    openapi_extra=describe(TokenReview, in_tenant=False, explained=False),
)
async def review_a_token(request: Request, cluster: Cluster) -> Response:
    """Authentication webhook: `status.user` of a live access token. Echoes the version, `v1` or `v1beta1`."""
    review = _read_token_review(await json_body(request))
    runtime = runtime_of(request)
    told = review_token(runtime.authenticator, runtime.access, runtime.get(Snapshots), cluster, review.spec)
    return _answer(review, await _or_fault(told, {"authenticated": False}, "error"))


@router.post(
    "/subject-access-review",
    operation_id="k8s-subject-access-review",
    responses={200: {"model": AccessReviewAnswer}},
    openapi_extra=describe(AccessReview, in_tenant=False, explained=False),
)
async def review_an_access(request: Request, cluster: Cluster) -> Response:
    """Authorization webhook: `allowed` by roles and policies, `denied` only when a policy says no."""
    review = _read_access_review(await json_body(request))
    runtime = runtime_of(request)
    told = review_access(runtime.get(Checks), runtime.peers, cluster, review.spec)
    return _answer(review, await _or_fault(told, {"allowed": False}, "evaluationError"))


async def _or_fault(status: Awaitable[dict[str, Any]], no: dict[str, Any], member: str) -> dict[str, Any]:
    """The status, or that it can't be told now."""
    try:
        return await status
    except (Unavailable, TooCostly) as fault:
        return {**no, member: fault.message}


def _answer(review: TokenReview | AccessReview, status: dict[str, Any]) -> Response:
    return Response(_encode(answer_to(review, status)), media_type="application/json")
