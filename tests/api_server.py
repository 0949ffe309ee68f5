"""A real kube-apiserver with an etcd of its own, and without nodes. `make gotools` builds both."""

import contextlib
import secrets
import ssl
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tests.eventually import eventually
from tests.tools import program, tool
from vaultaris_stack.ports import LOOPBACK, free_port

AUDIENCE = "https://kubernetes.default.svc.cluster.local"
_START_SECONDS = 120.0


@dataclass(frozen=True)
class ApiServer:
    """Where it listens, and the token of somebody who may do everything there."""

    url: str
    admin_token: str

    async def ask(
        self, token: str, method: str, path: str, body: dict[str, Any] | None = None, *, as_user: str | None = None
    ) -> httpx.Response:
        """One request of somebody with a token, or of ``as_user``, whom they impersonate. PATCH applies."""
        headers = {"Authorization": f"Bearer {token}"} | ({"Impersonate-User": as_user} if as_user else {})
        if method == "PATCH":
            headers["Content-Type"] = "application/apply-patch+yaml"
        trust = ssl.create_default_context()
        trust.check_hostname, trust.verify_mode = False, ssl.CERT_NONE  # it signs its certificate itself, on loopback
        async with httpx.AsyncClient(base_url=self.url, verify=trust, timeout=30) as http:
            return await http.request(method, path, json=body, headers=headers)

    async def create(self, path: str, body: dict[str, Any]) -> None:
        """Something that the cluster's administrator makes."""
        answer = await self.ask(self.admin_token, "POST", path, body)
        assert answer.status_code == 201, answer.text

    async def is_ready(self) -> bool:
        """Whether it has started."""
        try:
            return (await self.ask(self.admin_token, "GET", "/readyz")).status_code == 200
        except httpx.TransportError:
            return False


@contextlib.asynccontextmanager
async def running(folder: Path, *flags: str) -> AsyncIterator[ApiServer]:
    """A new one with these flags more. Without the programs the test is skipped."""
    apiserver, etcd = (tool(name, "make gotools") for name in ("kube-apiserver", "etcd"))
    store, peers, port = free_port(), free_port(), free_port()
    admin_token = secrets.token_urlsafe(32)
    (folder / "admins.csv").write_text(f'{admin_token},admin,admin,"system:masters"\n')
    _write_key_pair(folder)
    kept = (
        f"--data-dir={folder / 'etcd'}",
        f"--listen-client-urls=http://{LOOPBACK}:{store}", f"--advertise-client-urls=http://{LOOPBACK}:{store}",
        f"--listen-peer-urls=http://{LOOPBACK}:{peers}", "--unsafe-no-fsync",
    )  # fmt: skip
    own = (
        f"--etcd-servers=http://{LOOPBACK}:{store}", f"--cert-dir={folder / 'certificates'}",
        f"--bind-address={LOOPBACK}", f"--secure-port={port}", "--endpoint-reconciler-type=none",
        "--service-cluster-ip-range=10.0.0.0/24", "--disable-admission-plugins=ServiceAccount",
        f"--service-account-issuer={AUDIENCE}", f"--service-account-key-file={folder / 'accounts.pub'}",
        f"--service-account-signing-key-file={folder / 'accounts.key'}", f"--token-auth-file={folder / 'admins.csv'}",
    )  # fmt: skip
    async with program(etcd, kept, folder / "etcd.log"), program(apiserver, own + flags, folder / "apiserver.log"):
        server = ApiServer(f"https://{LOOPBACK}:{port}", admin_token)
        try:
            await eventually(server.is_ready, bool, within=_START_SECONDS)
        except AssertionError as fault:
            fault.add_note((folder / "apiserver.log").read_text(errors="replace")[-2000:])
            raise
        yield server


def _write_key_pair(folder: Path) -> None:
    """What the API server signs tokens of service accounts with; nobody uses any here."""
    key = ec.generate_private_key(ec.SECP256R1())
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    public = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    (folder / "accounts.key").write_bytes(private)
    (folder / "accounts.pub").write_bytes(public)
