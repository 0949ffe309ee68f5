"""docker-compose.yml: valid by the Compose specification, hardened, and telling the product what it listens to."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from vaultaris_edge.settings import EdgeSettings
from vaultaris_gateway.render import files as envoy_files
from vaultaris_gateway.render import render as render_envoy
from vaultaris_gateway.settings import GatewaySettings
from vaultaris_kit.rpc.server import SERVICES
from vaultaris_kit.settings import Settings

ONE_SHOTS = {"prepare", "migrate", "render"}
STORES = {"postgres", "valkey", "nats"}

Compose = dict[str, Any]


@pytest.fixture(scope="module")
def compose(root: Path) -> Compose:
    """The file as Compose sees it: anchors merged, variables at their defaults."""
    text = (root / "docker-compose.yml").read_text(encoding="utf-8")
    loaded: Compose = yaml.safe_load(re.sub(r"\$\{[A-Z0-9_]+:-([^}]*)\}", r"\1", text))
    return loaded


@pytest.fixture(scope="module")
def services(compose: Compose) -> dict[str, Compose]:
    found: dict[str, Compose] = compose["services"]
    return found


class TestFile:
    def test_follows_the_specification(self, root: Path) -> None:
        checker = Path(sys.executable).with_name("check-jsonschema")
        done = subprocess.run(
            [str(checker), "--builtin-schema", "vendor.compose-spec", str(root / "docker-compose.yml")],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout

    def test_runs_the_whole_product(self, services: dict[str, Compose]) -> None:
        assert set(services) == SERVICES | ONE_SHOTS | STORES | {"envoy"}

    def test_leaves_nothing_unused(self, compose: Compose, services: dict[str, Compose]) -> None:
        volumes = {_source(volume) for service in services.values() for volume in service.get("volumes", [])}
        assert set(compose["volumes"]) == {name for name in volumes if not name.startswith(".")}
        networks = {name for service in services.values() for name in service.get("networks", [])}
        assert set(compose["networks"]) == networks

    def test_bound_files_exist(self, root: Path, services: dict[str, Compose]) -> None:
        for service in services.values():
            for source in map(_source, service.get("volumes", [])):
                assert not source.startswith(".") or (root / source).is_file(), source


class TestTls:
    """docker-compose.tls.yml, laid over the other file."""

    @pytest.fixture
    def tls(self, root: Path) -> Compose:
        loaded: Compose = yaml.safe_load((root / "docker-compose.tls.yml").read_text(encoding="utf-8"))
        return loaded

    def test_follows_the_specification(self, root: Path) -> None:
        checker = Path(sys.executable).with_name("check-jsonschema")
        done = subprocess.run(
            [str(checker), "--builtin-schema", "vendor.compose-spec", str(root / "docker-compose.tls.yml")],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout

    def test_envoy_finds_the_certificate_where_the_renderer_says(
        self, tls: Compose, services: dict[str, Compose]
    ) -> None:
        environ = {name: str(value or "") for name, value in services["render"]["environment"].items()}
        given = environ | tls["services"]["render"]["environment"] | {"EXTERNAL_URL": "https://id.example.test"}
        folder = Path(services["render"]["command"][-1])
        files = envoy_files(given, folder)
        config = json.loads(files["envoy.yaml"])
        ports = [each["address"]["socket_address"]["port_value"] for each in config["static_resources"]["listeners"]]
        assert sorted(ports) == [8080, 8443]
        assert str(folder / "envoy-secrets.yaml") in files["envoy.yaml"]
        assert f"gateway:{folder}:ro" in services["envoy"]["volumes"]
        (secret,) = json.loads(files["envoy-secrets.yaml"])["resources"]
        watched = secret["tls_certificate"]["watched_directory"]["path"]
        assert any(volume.endswith(f":{watched}:ro") for volume in tls["services"]["envoy"]["volumes"])
        assert [port.rpartition(":")[2] for port in tls["services"]["envoy"]["ports"]] == ["8443"]


class TestHardening:
    def test_every_container(self, services: dict[str, Compose]) -> None:
        for name, service in services.items():
            assert service["read_only"] is True, name
            assert service["cap_drop"] == ["ALL"], name
            assert service["security_opt"] == ["no-new-privileges:true"], name
            assert re.fullmatch(r"[1-9]\d*:[1-9]\d*", service["user"]), name
            assert {"cpus", "memory", "pids"} == set(service["deploy"]["resources"]["limits"]), name
            assert not {"privileged", "pid", "ipc", "cap_add", "devices"} & set(service), name
            assert service["restart"] == ("no" if name in ONE_SHOTS else "unless-stopped"), name

    def test_only_envoy_has_a_door_and_it_opens_inwards(self, services: dict[str, Compose]) -> None:
        assert {name for name, service in services.items() if service.get("ports")} == {"envoy"}
        assert services["envoy"]["ports"] == ["127.0.0.1:8080:8080"]
        assert services["envoy"]["networks"] == ["product"]

    def test_stores_have_no_way_out(self, compose: Compose, services: dict[str, Compose]) -> None:
        assert compose["networks"]["stores"] == {"internal": True}
        assert all(services[store]["networks"] == ["stores"] for store in STORES)

    def test_everybody_sees_their_own_secrets_only(self, services: dict[str, Compose]) -> None:
        for name, service in services.items():
            for volume in service.get("volumes", []):
                if name != "prepare" and _source(volume) == "secrets":
                    assert volume["volume"] == {"subpath": name, "nocopy": True}
                    assert volume["read_only"] is True

    def test_no_secret_is_written_in_the_file(self, services: dict[str, Compose]) -> None:
        for service in services.values():
            for name, value in service.get("environment", {}).items():
                if re.search(r"PASSWORD|SECRET|_KEY|TOKEN|DATABASE_URL|REDIS_URL|NATS_URL", name):
                    assert not value or str(value).startswith("/run/secrets/"), name


class TestStart:
    def test_is_gated_by_health(self, services: dict[str, Compose]) -> None:
        for name in SERVICES - {"edge"}:
            conditions = {each: gate["condition"] for each, gate in services[name]["depends_on"].items()}
            assert conditions == {
                "prepare": "service_completed_successfully",
                "migrate": "service_completed_successfully",
                **dict.fromkeys(STORES, "service_healthy"),
            }
        assert set(services["envoy"]["depends_on"]) == SERVICES | {"render"}
        assert all("healthcheck" in services[name] for name in STORES | {"envoy"})

    @pytest.mark.parametrize("service", sorted(SERVICES))
    def test_services_start_by_their_module(self, services: dict[str, Compose], service: str) -> None:
        assert services[service]["command"] == ["python", "-m", f"vaultaris_{service}"]

    def test_stopping_waits_for_requests_under_way(self, services: dict[str, Compose]) -> None:
        grace = Settings.model_fields["shutdown_grace_seconds"].default
        assert all(int(services[name]["stop_grace_period"].rstrip("s")) > grace for name in SERVICES)


class TestEnvironment:
    def test_every_variable_is_one_that_somebody_reads(self, services: dict[str, Compose]) -> None:
        known = set(Settings.model_fields) | set(EdgeSettings.model_fields) | set(GatewaySettings.model_fields)
        read = {name.upper() for name in known} | {
            "PLUGINS_GRPC",
            "AUDIT_GRPC",
            "LICENSE_KEY",
            "LICENSE_PUBLIC_KEY",
            "K8S_SERVICE_TOKEN",
            "EMAIL_FROM_ADDRESS",
            "EMAIL_FROM_NAME",
            "SMTP_HOST",
            "SMTP_PORT",
            "SMTP_USERNAME",
            "SMTP_PASSWORD",
        }  # fmt: skip - the second set belongs to single services
        for service in SERVICES:
            assert {name.removesuffix("_FILE") for name in services[service]["environment"]} <= read

    def test_the_renderer_takes_it(self, services: dict[str, Compose]) -> None:
        environ = {name: str(value or "") for name, value in services["render"]["environment"].items()}
        assert '"directory"' in render_envoy(environ)


def _source(volume: str | Compose) -> str:
    return volume.split(":")[0] if isinstance(volume, str) else str(volume["source"])
