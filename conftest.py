"""Fixtures of every suite: one local stack on free ports, started once for the whole run."""

import contextlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.licence_mint import MINT
from vaultaris_stack.local import LocalStack

K8S_SERVICE_TOKEN = "the-token-of-the-clusters-in-these-tests"  # noqa: S105 - of these tests alone

UNLIMITED = {
    "RATE_LIMIT_MAX_REQUESTS": "1000000",
    "RATE_LIMIT_CREDENTIAL_MAX_REQUESTS": "1000000",
    "LOG_LEVEL": "warning",
    "K8S_SERVICE_TOKEN": K8S_SERVICE_TOKEN,
    "LICENSE_PUBLIC_KEY": MINT.public,
}
"""The limiter stays on, far away: its own tests start gateways with the real limits. No licence is in force."""

CHROMIUM_FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
_BROWSERS = ("chromium", "chromium-browser", "google-chrome")


@pytest.fixture(scope="session")
def chromium() -> str:
    """The browser's path. Without one the tests that need it are left out; in CI they fail."""
    found = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, _BROWSERS)), None)
    if found is None:
        reason = "Chromium is not installed: `make browser`, or set CHROMIUM to its path"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    return found


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalStack]:
    """The whole product, empty, with every part real. Services' tests run replicas of their own on its stores."""
    with running_stack(tmp_path_factory.mktemp("stack")) as running:
        yield running


@contextlib.contextmanager
def running_stack(folder: Path, *, replicas: int | None = None) -> Iterator[LocalStack]:
    """A stack on an empty folder, ended afterwards."""
    running = LocalStack(_reachable(folder), environ=UNLIMITED, replicas=replicas)
    running.start()
    try:
        yield running
    finally:
        running.stop()


def _reachable(directory: Path) -> Path:
    """PostgreSQL may run as another user, who must be able to walk to its data."""
    for each in (directory, *directory.parents):
        if each.name.startswith("pytest-"):
            each.chmod(0o755)
    return directory
