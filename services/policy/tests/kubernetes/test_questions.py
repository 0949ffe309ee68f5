"""How a Kubernetes request becomes a question."""

from typing import Any

import msgspec
import pytest

from vaultaris_policy.checks.schemas import BatchItem
from vaultaris_policy.kubernetes.questions import question_of
from vaultaris_policy.kubernetes.schemas import AccessReviewSpec


def asked(**spec: Any) -> BatchItem:
    question = question_of(msgspec.convert(spec, AccessReviewSpec))
    assert question is not None
    return question


def attributes(**resource: Any) -> dict[str, Any]:
    context = asked(resourceAttributes={"verb": "list", "resource": "pods", **resource}).context
    assert context is not None
    told: dict[str, Any] = context["resource"]["attributes"]
    return told


class TestName:
    @pytest.mark.parametrize(
        ("resource", "name"),
        [
            ({"resource": "pods"}, "k8s:/pods"),
            ({"resource": "pods", "subresource": "log"}, "k8s:/pods/log"),
            ({"group": "apps", "resource": "deployments"}, "k8s:apps/deployments"),
            ({"group": "apps", "resource": "deployments", "subresource": "scale"}, "k8s:apps/deployments/scale"),
            ({"group": "*", "resource": "*"}, "k8s:*/*"),
        ],
    )
    def test_of_a_resource(self, resource: dict[str, str], name: str) -> None:
        question = asked(resourceAttributes={"verb": "get", **resource})
        assert (question.resource, question.action) == (name, "get")

    def test_of_a_path(self) -> None:
        question = asked(nonResourceAttributes={"verb": "get", "path": "/healthz/etcd"})
        assert (question.resource, question.action) == ("k8s-url:/healthz/etcd", "get")

    def test_neither_or_both(self) -> None:
        both: dict[str, Any] = {"resourceAttributes": {}, "nonResourceAttributes": {}}
        assert question_of(AccessReviewSpec()) is None
        assert question_of(msgspec.convert(both, AccessReviewSpec)) is None


class TestAttributes:
    def test_what_the_request_names(self) -> None:
        told = attributes(namespace="shop", name="web-1", version="v1")
        assert told == {"namespace": "shop", "name": "web-1", "version": "v1", "resource": "pods"}

    @pytest.mark.parametrize("member", ["groups", "group"])
    def test_what_the_api_server_says_of_the_user(self, member: str) -> None:
        spec = {"user": "ada", "uid": "7", member: ["system:authenticated"], "extra": {"scopes": ["a"]}}
        context = asked(resourceAttributes={"verb": "get"}, **spec).context
        assert context is not None
        assert context["environment"]["attributes"]["kubernetes"] == {
            "user": "ada", "uid": "7", "groups": ["system:authenticated"], "extra": {"scopes": ["a"]},
        }  # fmt: skip

    @pytest.mark.parametrize(
        ("requirement", "written"),
        [
            ({"operator": "In", "values": ["node-1"]}, ["key=node-1"]),
            ({"operator": "In", "values": ["b", "a"]}, ["key in (a,b)"]),
            ({"operator": "NotIn", "values": ["a"]}, ["key!=a"]),
            ({"operator": "NotIn", "values": ["b", "a"]}, ["key notin (a,b)"]),
            ({"operator": "Exists"}, ["key"]),
            ({"operator": "DoesNotExist", "values": None}, ["!key"]),
            ({"operator": "Gt", "values": ["1"]}, []),
            ({"operator": "In", "values": []}, []),
            ({"operator": "Exists", "values": ["a"]}, []),
        ],
    )
    def test_requirements(self, requirement: dict[str, Any], written: list[str]) -> None:
        selector = {"requirements": [{"key": "key", **requirement}]}
        told = attributes(fieldSelector=selector, labelSelector=selector)
        assert (told["field_selector"], told["label_selector"]) == (written, written)

    @pytest.mark.parametrize(
        "forged",
        [
            {"key": "spec.nodeName=node-1", "operator": "Exists"},
            {"key": "spec.nodeName!", "operator": "In", "values": ["node-1"]},
            {"key": "app in (a,b)", "operator": "Exists"},
            {"key": "!app", "operator": "Exists"},
            {"key": "", "operator": "In", "values": ["a"]},
            {"key": "app", "operator": "In", "values": ["a", "b,c"]},
            {"key": "app", "operator": "In", "values": ["a", "b) or (c"]},
        ],
    )
    def test_what_would_read_like_another_requirement_is_left_out(self, forged: dict[str, Any]) -> None:
        honest = {"key": "app.kubernetes.io/name", "operator": "In", "values": ["a, b=c (d)"]}
        selector = {"requirements": [forged, honest]}
        told = attributes(fieldSelector=selector, labelSelector=selector)
        assert told["field_selector"] == told["label_selector"] == ["app.kubernetes.io/name=a, b=c (d)"]

    def test_a_raw_selector_tells_nothing(self) -> None:
        assert attributes(fieldSelector={"rawSelector": "a=b"})["field_selector"] == []
