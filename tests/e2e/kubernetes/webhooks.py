"""The flags and files of docs/kubernetes.md, for an API server of the tests."""

import json
import re
from pathlib import Path

from tests.api_server import AUDIENCE
from tests.e2e.world import Company

EXAMPLES = Path(__file__).resolve().parents[3] / "examples/kubernetes"
CACHE_SECONDS = 2
OWN_CACHE_SECONDS = 10
"""For that long an API server believes a token beyond what its flags say."""


def flags_for(folder: Path, vaultaris: str, issuer: str, key: str, version: str | None) -> list[str]:
    """For a cluster that asks the instance at ``vaultaris`` with an API key, and trusts ``ca.crt`` in ``folder``.

    ``version`` is that of the webhooks; None has authorization configured by a file instead.
    """
    (folder / "token").write_text(key)
    for name in ("authentication", "authorization", "authorization-configuration"):
        text = (EXAMPLES / f"{name}.yaml").read_text(encoding="utf-8").replace("https://id.example.com", vaultaris)
        text = re.sub(r"TTL: \d+s", f"TTL: {CACHE_SECONDS}s", text)
        (folder / f"{name}.yaml").write_text(text.replace("/etc/kubernetes/vaultaris", str(folder)))
    authentication = [
        f"--authentication-token-webhook-config-file={folder / 'authentication.yaml'}",
        f"--authentication-token-webhook-version={version or 'v1'}",
        f"--authentication-token-webhook-cache-ttl={CACHE_SECONDS}s",
        f"--api-audiences={AUDIENCE},{issuer}",
    ]
    if version is None:
        return [*authentication, f"--authorization-config={folder / 'authorization-configuration.yaml'}"]
    return [
        *authentication,
        "--authorization-mode=Node,RBAC,Webhook",
        f"--authorization-webhook-config-file={folder / 'authorization.yaml'}",
        f"--authorization-webhook-version={version}",
        f"--authorization-webhook-cache-authorized-ttl={CACHE_SECONDS}s",
        f"--authorization-webhook-cache-unauthorized-ttl={CACHE_SECONDS}s",
    ]


async def add_example_policies(company: Company) -> None:
    """What grants view, edit and admin."""
    for file in sorted((EXAMPLES / "policies").glob("*.json")):
        for policy in json.loads(file.read_text(encoding="utf-8")):
            await company.admin.create(f"{company.path}/policies", policy)
