"""Debian's Apache with mod_auth_openidc, unpacked beside the system rather than installed into it."""

import asyncio
import contextlib
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import httpx

PACKAGES = ("apache2-bin", "libapache2-mod-auth-openidc")
_MODULES = ("mpm_event", "authn_core", "authz_core", "authz_user", "headers", "auth_openidc")
_CONFIG = """
ServerRoot {work}
ServerName 127.0.0.1
Listen 127.0.0.1:{port}
PidFile {work}/pid
ErrorLog {work}/error.log
DefaultRuntimeDir {work}
Mutex file:{work} default
DocumentRoot {work}/htdocs
{user}
{modules}
OIDCProviderMetadataURL {issuer}/.well-known/openid-configuration
OIDCClientID {client_id}
OIDCClientSecret {client_secret}
OIDCRedirectURI {url}/oidc/callback
OIDCCryptoPassphrase "a passphrase for tests alone"
OIDCPKCEMethod S256
OIDCScope "openid profile email"
OIDCRemoteUserClaim preferred_username
<Location />
  Require all granted
</Location>
<Location /oidc/>
  AuthType openid-connect
  Require valid-user
</Location>
<Location /private/>
  AuthType openid-connect
  Require valid-user
  Header set X-Signed-In "expr=%{{REMOTE_USER}}"
</Location>
"""


class NotInstallable(Exception):
    """Why there is no Apache on this machine."""


def unpack(folder: Path) -> Path:
    """Fetches the packages and what they need, and unpacks them below ``folder``. Raises :class:`NotInstallable`."""
    if sys.platform != "linux" or shutil.which("apt-get") is None or os.geteuid() != 0:
        raise NotInstallable("apt-get needs Debian, and root")
    archives, root = folder / "archives", folder / "root"
    (archives / "partial").mkdir(parents=True)
    fetch = [
        "apt-get", "-o", f"Dir::Cache::archives={archives}", "install", "--download-only", "--yes",
        "--no-install-recommends", "--reinstall", *PACKAGES,
    ]  # fmt: skip
    if _run(*fetch).returncode != 0:
        _run("apt-get", "update")
        done = _run(*fetch)
        if done.returncode != 0:
            raise NotInstallable(f"apt-get could not fetch the packages: {done.stderr[-300:]}")
    for package in archives.glob("*.deb"):
        _run("dpkg", "-x", str(package), str(root))
    return root


def _run(*command: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)


@dataclass(frozen=True)
class Apache:
    """A web server whose ``/private/`` is for people who have signed in at ``issuer``."""

    root: Path
    work: Path
    port: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def configure(self, issuer: str, client_id: str, client_secret: str) -> None:
        """Writes the configuration and the two pages."""
        for page, text in (("private/index.html", "private"), ("goodbye.html", "goodbye")):
            path = self.work / "htdocs" / page
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        folder = self.root / "usr/lib/apache2/modules"
        modules = "\n".join(f"LoadModule {name}_module {folder}/mod_{name}.so" for name in _MODULES)
        config = _CONFIG.format(
            work=self.work, port=self.port, url=self.url, modules=modules, issuer=issuer, client_id=client_id,
            client_secret=client_secret, user="User nobody\nGroup nogroup",
        )  # fmt: skip
        (self.work / "httpd.conf").write_text(config)

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Runs it in the foreground, as a child of the test."""
        libraries = self.root / f"usr/lib/{platform.machine()}-linux-gnu"
        process = await asyncio.create_subprocess_exec(
            str(self.root / "usr/sbin/apache2"), "-f", str(self.work / "httpd.conf"), "-DFOREGROUND",
            env={**os.environ, "LD_LIBRARY_PATH": str(libraries)},
        )  # fmt: skip
        try:
            await self._ready(process)
            yield
        finally:
            if process.returncode is None:
                process.terminate()
            await asyncio.wait_for(process.wait(), 20)

    async def _ready(self, process: asyncio.subprocess.Process) -> None:
        async with asyncio.timeout(20), httpx.AsyncClient() as http:
            while process.returncode is None:
                with contextlib.suppress(httpx.TransportError):
                    if (await http.get(f"{self.url}/goodbye.html")).status_code == 200:
                        return
                await asyncio.sleep(0.05)
        raise AssertionError(f"Apache did not start: {(self.work / 'error.log').read_text()[-2000:]}")
