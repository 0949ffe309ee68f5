"""Nothing that looks like a credential reaches a log line or an event."""

import pytest

from vaultaris_kit.logs import redact

TOKEN = "eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl"


class TestRedact:
    @pytest.mark.parametrize(
        "text",
        [
            f"token {TOKEN} seen",
            "Authorization: Bearer abcdefghijklmnop",
            "postgresql://vaultaris:hunter2@127.0.0.1/db",
            "key vk_live_abcdef0123456789",
        ],
    )
    def test_credentials_in_text(self, text: str) -> None:
        masked = redact(text)
        assert "***" in masked
        assert not any(secret in masked for secret in (TOKEN, "abcdefghijklmnop", "hunter2", "abcdef0123456789"))

    def test_keys_that_name_secrets_at_any_depth(self) -> None:
        value = {"user": {"password": "p", "profile": [{"client_secret": "c", "name": "n"}]}}
        assert redact(value) == {"user": {"password": "***", "profile": [{"client_secret": "***", "name": "n"}]}}

    def test_ordinary_values_stay(self) -> None:
        value = {"username": "ada", "count": 3, "tags": ["a", None], "access_token_lifetime_seconds": 60}
        assert redact(value) == value
