"""The Dockerfile: linted, installing as `make install` does, fed by .dockerignore with what it needs and no more."""

import fnmatch
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from vaultaris_kit.rpc.server import SERVICES


@pytest.fixture(scope="module")
def dockerfile(root: Path) -> str:
    return (root / "deploy/docker/Dockerfile").read_text(encoding="utf-8")


class TestDockerfile:
    def test_hadolint_is_content(self, root: Path) -> None:
        hadolint = Path(sys.executable).with_name("hadolint")
        done = subprocess.run(
            [str(hadolint), "--failure-threshold", "info", str(root / "deploy/docker/Dockerfile")],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert (done.returncode, done.stdout) == (0, "")

    def test_installs_as_make_does(self, root: Path, dockerfile: str) -> None:
        makefile = (root / "Makefile").read_text(encoding="utf-8")
        for command in (
            "-m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/bootstrap.lock",
            "--require-hashes requirements/",
            "--no-build-isolation",
        ):
            assert command in makefile
            assert command in dockerfile
        installs = [line for line in dockerfile.splitlines() if re.search(r"(pip install|pip sync)", line)]
        assert all("--require-hashes" in line or "--no-deps /dist/" in line for line in installs)

    def test_everything_that_builds_is_locked(self, root: Path) -> None:
        bootstrap = (root / "requirements/bootstrap.lock").read_text(encoding="utf-8")
        required = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["build-system"]["requires"]
        assert [name for name in (*required, "uv") if f"\n{name}==" not in f"\n{bootstrap}"] == []

    def test_builds_argon2_from_what_is_locked(self, root: Path, dockerfile: str) -> None:
        script = (root / "requirements/argon2.sh").read_text(encoding="utf-8")
        for option in ("--require-hashes", "--constraint", "--build-constraint"):
            assert option in script
        assert "requirements/argon2.sh" in dockerfile
        versions = {
            re.findall(r"^argon2-cffi-bindings==\S+", lock.read_text(encoding="utf-8"), re.MULTILINE)[0]
            for lock in (root / "requirements").glob("*.lock")
            if lock.name != "bootstrap.lock"
        }
        assert len(versions) == 1

    def test_names_no_host(self, dockerfile: str) -> None:
        assert re.findall(r"https?://(?!127\.0\.0\.1)", dockerfile) == []

    def test_runs_as_nobody_in_particular(self, dockerfile: str) -> None:
        final = dockerfile.rsplit("\nFROM ", maxsplit=1)[-1]
        assert re.search(r"^USER 10001:10001$", final, re.MULTILINE)
        assert "apt-get" not in dockerfile
        assert "/readyz" in final

    def test_every_service_has_the_module_that_the_command_runs(self, root: Path) -> None:
        packages = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
        shipped = {Path(path).name for path in packages["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]}
        assert {f"vaultaris_{service}" for service in SERVICES} <= shipped


class TestContext:
    def test_holds_what_is_built_and_nothing_else(self, root: Path) -> None:
        rules = (root / ".dockerignore").read_text(encoding="utf-8").splitlines()
        for path in (
            "pyproject.toml",
            "README.md",
            "requirements/runtime.lock",
            "requirements/argon2.lock",
            "requirements/argon2.sh",
            "libs/kit/vaultaris_kit/settings.py",
        ):
            assert _is_sent(path, rules), path
        for path in (".git/config", ".env", ".vaultaris/secrets/jwt_secret", "docs/deploy.md", "requirements/dev.in",
                     "services/auth/tests/test_x.py", "libs/kit/__pycache__/x.pyc"):  # fmt: skip
            assert not _is_sent(path, rules), path


def _is_sent(path: str, rules: list[str]) -> bool:
    """The last rule that matches the path or a folder above it decides, as in Docker."""
    sent = True
    parents = ["/".join(path.split("/")[: depth + 1]) for depth in range(path.count("/") + 1)]
    for rule in (rule for rule in rules if rule and not rule.startswith("#")):
        pattern = rule.removeprefix("!")
        if any(_matches(parent, pattern) for parent in parents):
            sent = rule.startswith("!")
    return sent


def _matches(path: str, pattern: str) -> bool:
    if pattern.startswith("**/"):
        return fnmatch.fnmatchcase(path.rpartition("/")[2], pattern[3:])
    return path.count("/") == pattern.count("/") and fnmatch.fnmatchcase(path, pattern)
