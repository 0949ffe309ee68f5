"""Nonces of the server."""

import time

import pytest

from vaultaris_kit.dpop.nonces import Nonces
from vaultaris_kit.dpop.proofs import normal_uri


class TestNonces:
    def test_of_any_replica(self) -> None:
        made_at = Nonces("secret").made_at(Nonces("secret").new())
        assert made_at == pytest.approx(time.time(), abs=5)

    def test_foreign_and_forged(self) -> None:
        ours, nonce = Nonces("secret"), Nonces("other").new()
        assert ours.made_at(nonce) is None
        assert ours.made_at("B" + ours.new()[1:]) is None
        assert ours.made_at("") is None

    def test_old(self, monkeypatch: pytest.MonkeyPatch) -> None:
        nonces = Nonces("secret")
        nonce = nonces.new()
        later = time.time() + 301
        monkeypatch.setattr(time, "time", lambda: later)
        assert nonces.made_at(nonce) is None


class TestNormalUri:
    @pytest.mark.parametrize(
        ("uri", "normal"),
        [
            ("https://A.example", "https://a.example/"),
            ("http://a.example:80/x?y#z", "http://a.example/x"),
            ("https://a.example:80/x", "https://a.example:80/x"),
            ("http://[::1]:8080/%7Ex", "http://[::1]:8080/~x"),
            ("https://u@a.example/", None),
            ("https://a.example:x/", None),
            ("ftp://a.example/", None),
            ("/x", None),
            ("https://a.example/" + "x" * 5000, None),
        ],
    )
    def test_each(self, uri: str, normal: str | None) -> None:
        assert normal_uri(uri) == normal
