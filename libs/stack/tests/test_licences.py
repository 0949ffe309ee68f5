"""`vaultaris license`: keys stay private, licences say what was asked for."""

import json
from pathlib import Path

import pytest
from joserfc.jws import extract_compact
from typer.testing import CliRunner

from vaultaris_stack.errors import StackError
from vaultaris_stack.licences import app

RUNNER = CliRunner()


def _run(*arguments: str, stdin: str | None = None, status: int = 0, **environ: str) -> str:
    done = RUNNER.invoke(app, list(arguments), input=stdin, env=environ)
    if isinstance(done.exception, StackError):
        raise done.exception
    assert done.exit_code == status, done.output
    return done.stdout.strip()


@pytest.fixture
def key(tmp_path: Path) -> Path:
    return tmp_path / "license.key"


@pytest.fixture
def public(key: Path) -> str:
    """Makes the key; what is printed is what the environment takes."""
    name, _, value = _run("keygen", "--key", str(key)).partition("=")
    assert name == "LICENSE_PUBLIC_KEY"
    return value


@pytest.mark.usefixtures("public")
class TestKeygen:
    def test_only_the_owner_may_read_it(self, key: Path) -> None:
        assert key.stat().st_mode & 0o777 == 0o600

    def test_never_overwrites(self, key: Path) -> None:
        before = key.read_text()
        with pytest.raises(StackError, match="never overwritten"):
            _run("keygen", "--key", str(key))
        assert key.read_text() == before


class TestIssue:
    def test_says_what_was_asked_for_and_verifies(self, key: Path, public: str) -> None:
        token = _run(
            "issue", "--key", str(key), "--to", "Tulip Ltd", "--tier", "enterprise", "--days", "30",
            "--limit", "users=100", "--limit", "clients=5", "--expired-limit", "users=10", "--hosting",
            "--max-hosted", "3", "--allow-tier", "pro", "--tier-limit", "pro:users=50",
        )  # fmt: skip
        claims = json.loads(extract_compact(token.encode()).payload)
        assert (claims["limits"], claims["expired_limits"]) == ({"users": 100, "clients": 5}, {"users": 10})
        assert claims["features"]["hosting"]["tiers"] == {"pro": {"limits": {"users": 50}}}
        shown = _run("inspect", "-", stdin=token, LICENSE_PUBLIC_KEY=public)
        for text in ("active", "Tulip Ltd", "enterprise", "clients 5, users 100", "3; tiers: pro", "users 50"):
            assert text in shown

    @pytest.mark.usefixtures("public")
    @pytest.mark.parametrize(
        "bad", [("--limit", "users"), ("--limit", "users=many"), ("--tier", "gold"), ("--tier-limit", "pro=1")]
    )
    def test_bad_values(self, key: Path, bad: tuple[str, str]) -> None:
        with pytest.raises(StackError):
            _run("issue", "--key", str(key), "--to", "A", *bad)

    @pytest.mark.usefixtures("public")
    def test_a_key_that_others_may_read_is_refused(self, key: Path) -> None:
        key.chmod(0o640)
        with pytest.raises(StackError, match="chmod 600"):
            _run("issue", "--key", str(key), "--to", "A")

    def test_without_a_key(self, tmp_path: Path) -> None:
        with pytest.raises(StackError, match="can't be read"):
            _run("issue", "--key", str(tmp_path / "none"), "--to", "A")
        (tmp_path / "no.key").write_text("not a key")
        (tmp_path / "no.key").chmod(0o600)
        with pytest.raises(StackError, match="private key"):
            _run("issue", "--key", str(tmp_path / "no.key"), "--to", "A")


class TestInspect:
    def test_another_key_and_none(self, key: Path, public: str, tmp_path: Path) -> None:
        token = _run("issue", "--key", str(key), "--to", "A")
        (tmp_path / "licence").write_text(token)
        other = _run("keygen", "--key", str(tmp_path / "other.key")).partition("=")[2]
        with pytest.raises(StackError, match="not signed"):
            _run("inspect", str(tmp_path / "licence"), "--public-key", other)
        assert "unverified" in _run("inspect", str(tmp_path / "licence"), status=1, LICENSE_PUBLIC_KEY="")
        assert "active" in _run("inspect", str(tmp_path / "licence"), "--public-key", public)

    def test_nonsense(self) -> None:
        with pytest.raises(StackError):
            _run("inspect", "-", stdin="nonsense", LICENSE_PUBLIC_KEY="")
