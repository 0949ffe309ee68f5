"""Reviews as Kubernetes writes them. Unknown members are ignored, as its API machinery does."""

from typing import Any, Literal

import msgspec
from msgspec import field
from pydantic import BaseModel

Texts = list[str]


class TokenReviewSpec(msgspec.Struct):
    token: str = ""
    audiences: Texts | None = None


class TokenReview(msgspec.Struct):
    """Of ``authentication.k8s.io``."""

    apiVersion: Literal["authentication.k8s.io/v1", "authentication.k8s.io/v1beta1"]  # noqa: N815 - Kubernetes' name
    kind: Literal["TokenReview"]
    spec: TokenReviewSpec


class Requirement(msgspec.Struct):
    """One condition of a selector."""

    key: str
    operator: str
    values: Texts | None = None


class Selector(msgspec.Struct):
    """``rawSelector`` is never parsed here: API servers send requirements."""

    requirements: list[Requirement] | None = None


class ResourceAttributes(msgspec.Struct):
    namespace: str = ""
    verb: str = ""
    group: str = ""
    version: str = ""
    resource: str = ""
    subresource: str = ""
    name: str = ""
    field_selector: Selector | None = field(default=None, name="fieldSelector")
    label_selector: Selector | None = field(default=None, name="labelSelector")


class NonResourceAttributes(msgspec.Struct):
    path: str = ""
    verb: str = ""


class AccessReviewSpec(msgspec.Struct):
    """``group`` is the name that v1beta1 has for ``groups``. Go writes an empty list as null, in ``extra`` too."""

    resource: ResourceAttributes | None = field(default=None, name="resourceAttributes")
    non_resource: NonResourceAttributes | None = field(default=None, name="nonResourceAttributes")
    user: str = ""
    uid: str = ""
    groups: Texts | None = None
    group: Texts | None = None
    extra: dict[str, Texts | None] | None = None


class AccessReview(msgspec.Struct):
    """A SubjectAccessReview of ``authorization.k8s.io``."""

    apiVersion: Literal["authorization.k8s.io/v1", "authorization.k8s.io/v1beta1"]  # noqa: N815 - Kubernetes' name
    kind: Literal["SubjectAccessReview"]
    spec: AccessReviewSpec


def answer_to(review: TokenReview | AccessReview, status: dict[str, Any]) -> dict[str, Any]:
    """The review with its ``status``, in the version it came in."""
    return {"apiVersion": review.apiVersion, "kind": review.kind, "status": status}


class TokenReviewAnswer(BaseModel):
    """``status`` has ``authenticated``, and ``user`` and ``audiences`` or ``error``."""

    apiVersion: str  # noqa: N815 - Kubernetes' name
    kind: Literal["TokenReview"]
    status: dict[str, Any]


class AccessReviewAnswer(BaseModel):
    """``status`` has ``allowed``, and ``denied``, ``reason`` or ``evaluationError`` where there is one."""

    apiVersion: str  # noqa: N815 - Kubernetes' name
    kind: Literal["SubjectAccessReview"]
    status: dict[str, Any]
