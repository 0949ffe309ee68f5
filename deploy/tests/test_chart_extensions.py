"""Resources of operators: the fields that each operator demands, and that they point at what the chart makes."""

from collections.abc import Callable
from typing import Any

Render = Callable[..., list[dict[str, Any]]]


def _of(manifests: list[dict[str, Any]], kind: str) -> list[dict[str, Any]]:
    return [manifest for manifest in manifests if manifest["kind"] == kind]


class TestCertManager:
    def test_one_certificate_a_service_in_the_secret_that_its_pods_mount(self, render: Render) -> None:
        manifests = render("gateway-api")
        mounted = {
            volume["secret"]["secretName"]
            for deployment in _of(manifests, "Deployment")
            for volume in deployment["spec"]["template"]["spec"]["volumes"]
            if volume["name"] == "tls"
        }
        certificates = [c["spec"] for c in _of(manifests, "Certificate") if not c["spec"].get("isCA")]
        assert {spec["secretName"] for spec in certificates} == mounted
        assert len(mounted) == 6
        for spec in certificates:
            assert spec["commonName"] == spec["dnsNames"][0]
            assert {"server auth", "client auth"} <= set(spec["usages"])
            assert spec["issuerRef"]["name"] in {issuer["metadata"]["name"] for issuer in _of(manifests, "Issuer")}

    def test_an_issuer_of_the_operator_replaces_the_charts(self, render: Render) -> None:
        manifests = render("production-external")
        assert _of(manifests, "Issuer") == []
        assert {c["spec"]["issuerRef"]["kind"] for c in _of(manifests, "Certificate")} == {"ClusterIssuer"}

    def test_the_gateways_certificate_is_for_the_external_host(self, render: Render) -> None:
        manifests = render("production-external")
        (spec,) = (c["spec"] for c in _of(manifests, "Certificate") if c["metadata"]["name"].endswith("-gateway"))
        assert spec["dnsNames"] == ["id.example.com"]
        (gateway,) = (d for d in _of(manifests, "Deployment") if d["metadata"]["name"].endswith("-gateway"))
        mounted = [v["secret"]["secretName"] for v in gateway["spec"]["template"]["spec"]["volumes"] if "secret" in v]
        assert mounted == [spec["secretName"]]


class TestDoors:
    def test_ingress_leads_to_the_gateway(self, render: Render) -> None:
        (ingress,) = _of(render("ingress"), "Ingress")
        (rule,) = ingress["spec"]["rules"]
        assert rule["host"] == "id.example.com"
        assert rule["http"]["paths"][0]["backend"]["service"] == {
            "name": "id-vaultaris-gateway",
            "port": {"name": "http"},
        }

    def test_route_leads_from_its_gateway_to_ours(self, render: Render) -> None:
        manifests = render("gateway-api")
        (gateway,), (route,) = _of(manifests, "Gateway"), _of(manifests, "HTTPRoute")
        assert route["spec"]["parentRefs"] == [{"name": gateway["metadata"]["name"]}]
        assert route["spec"]["rules"][0]["backendRefs"] == [{"name": "id-vaultaris-gateway", "port": 80}]
        (listener,) = gateway["spec"]["listeners"]
        assert (listener["protocol"], listener["tls"]["mode"]) == ("HTTPS", "Terminate")


class TestMonitors:
    def test_select_existing_ports(self, render: Render) -> None:
        manifests = render("production-external")
        services = {s["metadata"]["labels"]["app.kubernetes.io/component"]: s for s in _of(manifests, "Service")}
        for monitor in _of(manifests, "ServiceMonitor"):
            component = monitor["spec"]["selector"]["matchLabels"]["app.kubernetes.io/component"]
            ports = {port["name"] for port in services[component]["spec"]["ports"]}
            assert {endpoint["port"] for endpoint in monitor["spec"]["endpoints"]} <= ports
        assert len(_of(manifests, "ServiceMonitor")) == 7
        assert len(_of(manifests, "PodMonitor")) == 1

    def test_rules_and_dashboards_are_in(self, render: Render) -> None:
        manifests = render("production-external")
        (rules,) = _of(manifests, "PrometheusRule")
        assert {group["name"].split(".")[0] for group in rules["spec"]["groups"]} == {"vaultaris"}
        (boards,) = [c for c in _of(manifests, "ConfigMap") if c["metadata"]["name"] == "id-vaultaris-dashboards"]
        assert set(boards["data"]) == {"overview.json", "service.json"}
