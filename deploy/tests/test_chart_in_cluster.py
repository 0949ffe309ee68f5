"""A real API server takes everything that the chart makes, and takes it again from an upgrade.

It validates as strictly as it can, fills in defaults and refuses changes of what can't be changed. Nothing runs: there
are no nodes.
"""

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from deploy.tests.conftest import Manifest, Render
from tests.api_server import ApiServer, running

NAMESPACE = "identity"


@pytest_asyncio.fixture(scope="module")
async def cluster(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator["Cluster"]:
    """A cluster with what its administrator makes before anything is installed."""
    async with running(tmp_path_factory.mktemp("cluster"), "--authorization-mode=RBAC") as server:
        empty = await Cluster.of(server)
        await empty.apply({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NAMESPACE}})
        await empty.apply(
            {
                "apiVersion": "scheduling.k8s.io/v1",
                "kind": "PriorityClass",
                "metadata": {"name": "identity"},
                "value": 1000,
            }
        )
        yield empty


class Cluster:
    """An API server and the paths of what it knows."""

    def __init__(self, server: ApiServer, paths: dict[tuple[str, str], str]) -> None:
        self._server, self._paths = server, paths

    @classmethod
    async def of(cls, server: ApiServer) -> "Cluster":
        groups = (await server.ask(server.admin_token, "GET", "/apis")).json()["groups"]
        versions = ["v1", *(each["groupVersion"] for group in groups for each in group["versions"])]
        paths = {}
        for version in versions:
            root = f"/api/{version}" if "/" not in version else f"/apis/{version}"
            for kind in (await server.ask(server.admin_token, "GET", root)).json()["resources"]:
                within = "/namespaces/{namespace}" if kind["namespaced"] else ""
                if "/" not in kind["name"]:
                    paths[version, kind["kind"]] = f"{root}{within}/{kind['name']}/{{name}}"
        return cls(server, paths)

    def knows(self, manifest: Manifest) -> bool:
        """Whether its kind is one of Kubernetes itself."""
        return (manifest["apiVersion"], manifest["kind"]) in self._paths

    async def apply(self, manifest: Manifest) -> dict[str, Any]:
        """What is stored then; as `helm upgrade --server-side` does it, which makes hooks anew."""
        metadata = manifest["metadata"]
        path = self._paths[manifest["apiVersion"], manifest["kind"]]
        at = path.format(namespace=metadata.get("namespace", NAMESPACE), name=metadata["name"])
        if "before-hook-creation" in metadata.get("annotations", {}).get("helm.sh/hook-delete-policy", ""):
            await self._server.ask(self._server.admin_token, "DELETE", f"{at}?propagationPolicy=Background")
        answer = await self._server.ask(
            self._server.admin_token, "PATCH", f"{at}?fieldManager=helm&force=true&fieldValidation=Strict", manifest
        )
        assert answer.status_code in (200, 201), f"{manifest['kind']} {at}: {answer.text}"
        assert "warning" not in answer.headers, f"{manifest['kind']} {at}: {answer.headers['warning']}"
        stored: dict[str, Any] = answer.json()
        return stored


class TestCluster:
    async def test_takes_an_install_and_an_upgrade(self, cluster: Cluster, render: Render, example: str) -> None:
        installed, upgraded = (
            [each for each in render(example, upgrade=upgrade) if cluster.knows(each)] for upgrade in (False, True)
        )
        assert len(installed) > 20
        for manifest in (*installed, *upgraded):
            stored = await cluster.apply(manifest)
            assert stored["metadata"]["name"] == manifest["metadata"]["name"]

    async def test_what_is_wrong_would_be_refused(self, cluster: Cluster, render: Render) -> None:
        manifest = next(each for each in render("minimal") if each["kind"] == "Deployment")
        with pytest.raises(AssertionError, match="replica"):
            await cluster.apply(manifest | {"spec": manifest["spec"] | {"replica": 2}})
