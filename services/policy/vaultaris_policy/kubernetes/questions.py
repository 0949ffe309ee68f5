"""A Kubernetes request as a question: resource, action, and what conditions can look at.

``k8s:<group>/<resource>[/<subresource>]`` is the resource, the verb the action; the core group is empty, so that pods
are ``k8s:/pods``. Paths that are no resources are ``k8s-url:<path>``.
"""

import re
from typing import Any

from vaultaris_policy.checks.schemas import BatchItem
from vaultaris_policy.kubernetes.schemas import (
    AccessReviewSpec,
    NonResourceAttributes,
    Requirement,
    ResourceAttributes,
    Selector,
)

MAX_REQUIREMENTS = 100

_KEY = re.compile(r"[A-Za-z0-9._/\[\]-]+")
_LISTED = re.compile(r"[^,()]*")
"""No key of a label or a field has other characters, and no value of a label. A field's only value may be any text."""


def question_of(spec: AccessReviewSpec) -> BatchItem | None:
    """What is asked; None when it is neither or both of a resource and a path."""
    if (spec.resource is None) == (spec.non_resource is None):
        return None
    environment = {"attributes": {"kubernetes": _told(spec)}}
    if spec.resource is not None:
        return _of_resource(spec.resource, environment)
    assert spec.non_resource is not None
    return _of_path(spec.non_resource, environment)


def asks_for_all(asked: BatchItem) -> bool:
    """Whether a ``*`` asks for every verb, group, resource or subresource at once, as ``kubectl auth can-i '*' pods``
    does.
    """
    return asked.action == "*" or "*" in re.split("[:/]", asked.resource)


def _told(spec: AccessReviewSpec) -> dict[str, Any]:
    """What the API server says of the user; the directory's word on them stands in ``subject``."""
    return {
        "user": spec.user,
        "uid": spec.uid,
        "groups": spec.groups or spec.group or [],
        "extra": spec.extra or {},
    }


def _of_resource(asked: ResourceAttributes, environment: dict[str, Any]) -> BatchItem:
    attributes: dict[str, Any] = {
        name: value
        for name in ("namespace", "name", "group", "version", "resource", "subresource")
        if (value := getattr(asked, name))
    }
    for name, selector in (("field_selector", asked.field_selector), ("label_selector", asked.label_selector)):
        if selector is not None:
            attributes[name] = _requirements(selector)
    path = f"{asked.resource}/{asked.subresource}" if asked.subresource else asked.resource
    context = {"resource": {"attributes": attributes}, "environment": environment}
    return BatchItem(f"k8s:{asked.group}/{path}", asked.verb, context)


def _of_path(asked: NonResourceAttributes, environment: dict[str, Any]) -> BatchItem:
    context = {"resource": {"attributes": {"path": asked.path}}, "environment": environment}
    return BatchItem(f"k8s-url:{asked.path}", asked.verb, context)


def _requirements(selector: Selector) -> list[str]:
    """Requirements as kubectl writes them. Those of an unknown operator, and those that would read like another one,
    are left out, as if nothing had been said.

    All of them hold at once, so that leaving one out only makes the request look broader than it is.
    """
    written = (_written(each) for each in (selector.requirements or ())[:MAX_REQUIREMENTS])
    return [each for each in written if each is not None]


def _written(requirement: Requirement) -> str | None:
    key, values = requirement.key, sorted(requirement.values or ())
    if not _KEY.fullmatch(key) or (len(values) > 1 and not all(map(_LISTED.fullmatch, values))):
        return None
    if not values:
        return {"Exists": key, "DoesNotExist": f"!{key}"}.get(requirement.operator)
    if len(values) == 1:
        return {"In": f"{key}={values[0]}", "NotIn": f"{key}!={values[0]}"}.get(requirement.operator)
    listed = ",".join(values)
    return {"In": f"{key} in ({listed})", "NotIn": f"{key} notin ({listed})"}.get(requirement.operator)
