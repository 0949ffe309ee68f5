"""Configuration: unsafe values are refused outside development, and secrets may come from files."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from vaultaris_kit.settings import Settings

SAFE = {"JWT_SECRET": "s" * 32, "ENCRYPTION_KEY": "k" * 32}


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> pytest.MonkeyPatch:
    """An environment without any of our variables."""
    monkeypatch.chdir(tmp_path)
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
        monkeypatch.delenv(f"{name.upper()}_FILE", raising=False)
    return monkeypatch


class TestRefusal:
    def test_placeholder_secrets(self, environment: pytest.MonkeyPatch) -> None:
        with pytest.raises(ValidationError, match="placeholder"):
            Settings()

    def test_placeholders_are_tolerated_in_development(self, environment: pytest.MonkeyPatch) -> None:
        environment.setenv("DEV", "true")
        assert Settings().dev

    def test_no_mutual_tls(self, environment: pytest.MonkeyPatch) -> None:
        for name, value in SAFE.items():
            environment.setenv(name, value)
        with pytest.raises(ValidationError, match="mutual TLS"):
            Settings()

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("LOG_LEVEL", "loud"),
            ("DATABASE_MAX_CONNECTIONS", "0"),
            ("ENCRYPTION_KEY", "short"),
            ("SERVER_PORT", "x"),
            ("GRPC_TLS_CA", "/only/one"),
        ],
    )
    def test_bad_value(self, environment: pytest.MonkeyPatch, name: str, value: str) -> None:
        environment.setenv("DEV", "true")
        environment.setenv(name, value)
        with pytest.raises(ValidationError):
            Settings()


class TestReading:
    def test_secret_from_a_file(self, environment: pytest.MonkeyPatch, tmp_path: Path) -> None:
        (tmp_path / "secret").write_text("from-a-file\n")
        environment.setenv("DEV", "true")
        environment.setenv("JWT_SECRET_FILE", str(tmp_path / "secret"))
        assert Settings().jwt_secret.get_secret_value() == "from-a-file"

    def test_issuer_follows_the_external_url(self, environment: pytest.MonkeyPatch) -> None:
        environment.setenv("DEV", "true")
        environment.setenv("EXTERNAL_URL", "https://id.example.com/")
        assert Settings().issuer == "https://id.example.com"

    def test_comma_list(self, environment: pytest.MonkeyPatch) -> None:
        environment.setenv("DEV", "true")
        environment.setenv("CORS_ALLOWED_ORIGINS", "https://a.example, https://b.example,")
        assert Settings().cors_allowed_origins == ("https://a.example", "https://b.example")

    def test_secrets_do_not_show(self, environment: pytest.MonkeyPatch) -> None:
        environment.setenv("DEV", "true")
        environment.setenv("DATABASE_URL", "postgresql://u:hunter2@h/db")
        assert "hunter2" not in repr(Settings())
