"""May they do that? The answer to a SubjectAccessReview."""

from typing import Any
from uuid import UUID

from vaultaris.directory.v1.directory_pb2 import GetUserRequest
from vaultaris.directory.v1.directory_pb2_grpc import DirectoryServiceStub
from vaultaris_kit.errors import NotFound
from vaultaris_kit.rpc.client import Peers, call
from vaultaris_policy.checks.operations import Answer, Checks
from vaultaris_policy.checks.schemas import MAX_ACTION_CHARS, MAX_RESOURCE_CHARS
from vaultaris_policy.kubernetes.questions import asks_for_all, question_of
from vaultaris_policy.kubernetes.reviewers import Reviewer
from vaultaris_policy.kubernetes.schemas import AccessReviewSpec
from vaultaris_policy.kubernetes.tokens import TENANT_EXTRA

_UNKNOWN = {"allowed": False, "reason": "Vaultaris does not know this user."}


async def review_access(checks: Checks, peers: Peers, cluster: Reviewer, spec: AccessReviewSpec) -> dict[str, Any]:
    """The ``status``. Not allowed alone means no opinion; ``denied`` only that a policy says no."""
    asked = question_of(spec)
    if asked is None:
        return _fault("Exactly one of resourceAttributes and nonResourceAttributes is expected.")
    if len(asked.resource) > MAX_RESOURCE_CHARS or not 0 < len(asked.action) <= MAX_ACTION_CHARS:
        return _fault("The resource or the verb is too long, or there is no verb.")
    try:
        tenant_id = _tenant(cluster, spec)
        user_id = await _user(peers, tenant_id, spec, by_name=cluster.tenant_id is not None)
        answers = await checks.answer(
            cluster.principal, tenant_id=tenant_id, user_id=user_id, questions=[asked], told=False
        )
    except NotFound:
        return _UNKNOWN
    (answer,) = answers
    if answer.asker.subject["username"] != spec.user:  # whoever may impersonate an id is not that person for it
        return _UNKNOWN
    if answer.denied_outright:  # no opinion is no denial: of those there would be one for most requests
        checks.observe(cluster.principal, tenant_id, ("user", user_id), answers)
    if answer.allowed and asks_for_all(asked) and (policy := answer.denies_part()) is not None:
        return {"allowed": False, "reason": f"The policy '{policy}' denies a part of it."}
    return _status(answer)


def _status(answer: Answer) -> dict[str, Any]:
    status: dict[str, Any] = {"allowed": answer.allowed, "reason": answer.reason}
    return {**status, "denied": True} if answer.denied_outright else status


def _fault(message: str) -> dict[str, Any]:
    return {"allowed": False, "evaluationError": message}


def _tenant(cluster: Reviewer, spec: AccessReviewSpec) -> UUID:
    """The cluster's tenant, or else that of the token review. Raises :class:`NotFound` for somebody of another one."""
    told = (spec.extra or {}).get(TENANT_EXTRA) or []
    if cluster.tenant_id is not None and not told:
        return cluster.tenant_id
    named = _id(told[0] if len(told) == 1 else "")
    if cluster.tenant_id not in (None, named):
        raise NotFound
    return named


async def _user(peers: Peers, tenant_id: UUID, spec: AccessReviewSpec, *, by_name: bool) -> UUID:
    """By ``uid``, which our token reviews fill; whoever is impersonated by name alone has none, and is found by that.

    By name only in a cluster of one tenant. Raises :class:`NotFound`.
    """
    if spec.uid or not by_name or spec.user.startswith("system:"):
        return _id(spec.uid)
    request = GetUserRequest(tenant_id=str(tenant_id), login=spec.user)
    user = await call(DirectoryServiceStub(peers.channel("directory")).GetUser, request)
    if user.username != spec.user:  # a login may be an e-mail address too
        raise NotFound
    return UUID(user.id)


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as fault:
        raise NotFound from fault
