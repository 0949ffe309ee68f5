"""An evaluation as a question of ours."""

from typing import Any

from vaultaris_kit.errors import BadRequest, Detail
from vaultaris_policy.authzen.schemas import Evaluation, EvaluationRequest, EvaluationsRequest
from vaultaris_policy.checks.bodies import check_context
from vaultaris_policy.checks.schemas import BatchItem

_ADDRESS = ("ip_address", "user_agent")


def expand(request: EvaluationsRequest) -> list[EvaluationRequest]:
    """The evaluations with the request's own members where theirs are missing. Raises :class:`BadRequest`."""
    if not request.evaluations:
        return [_whole(request, request, "")]
    return [_whole(each, request, f"evaluations.{at}.") for at, each in enumerate(request.evaluations)]


def _whole(one: Evaluation, default: Evaluation, path: str) -> EvaluationRequest:
    found = {name: getattr(one, name) or getattr(default, name) for name in ("subject", "action", "resource")}
    missing = [
        Detail(field=f"{path}{name}", message="Field required.", code="missing") for name in found if not found[name]
    ]
    if missing:
        raise BadRequest("Some members are missing.", details=missing)
    context = one.context if one.context is not None else default.context
    return EvaluationRequest(**found, context=context)


def question_of(asked: EvaluationRequest, path: str = "") -> BatchItem:
    """The question. Properties of the resource are ``resource.attributes`` (``owner_id`` is ``resource.owner_id`` too),
    the context is ``environment.attributes``, properties of the action are ``environment.attributes.action``.

    Raises :class:`Invalid` when those are too large or nested too deeply.
    """
    properties = asked.resource.properties or {}
    resource: dict[str, Any] = {"attributes": properties}
    if "owner_id" in properties:
        resource["owner_id"] = properties["owner_id"]
    told = asked.context or {}
    environment: dict[str, Any] = {name: told[name] for name in _ADDRESS if name in told}
    environment["attributes"] = {**told, "action": asked.action.properties or {}}
    context = {"resource": resource, "environment": environment}
    check_context(context, f"{path}context")
    check_context(asked.subject.properties, f"{path}subject.properties")
    return BatchItem(f"{asked.resource.type}:{asked.resource.id}", asked.action.name, context)
