"""Public keys that others present."""

from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from hypothesis import given
from hypothesis import strategies as st
from joserfc.jwk import ECKey, OKPKey, RSAKey
from joserfc.jws import serialize_compact

from vaultaris_kit.jwk import decode_base64url, encode_base64url, parse_public_jwk

KEYS: dict[str, Any] = {
    "ES256": ECKey.generate_key("P-256"),
    "EdDSA": OKPKey.generate_key("Ed25519"),
    "RS256": RSAKey.generate_key(2048),
}
KEYS["PS256"] = KEYS["RS256"]


def public_of(algorithm: str) -> dict[str, Any]:
    return dict(KEYS[algorithm].as_dict(private=False))


class TestVerifies:
    @pytest.mark.parametrize("algorithm", KEYS)
    def test_each_algorithm_and_no_other(self, algorithm: str) -> None:
        token = serialize_compact({"alg": algorithm}, b"payload", KEYS[algorithm], algorithms=[algorithm]).encode()
        signed, _, signature = token.rpartition(b".")
        key, raw = parse_public_jwk(public_of(algorithm)), decode_base64url(signature)
        assert key.verify(algorithm, signed, raw)
        assert not key.verify(algorithm, signed + b"x", raw)
        assert not key.verify(algorithm, signed, raw[:-1])
        assert not any(key.verify(other, signed, raw) for other in {*KEYS, "none", "HS256"} - {algorithm})

    @pytest.mark.parametrize("algorithm", KEYS)
    def test_thumbprint(self, algorithm: str) -> None:
        assert parse_public_jwk(public_of(algorithm)).thumbprint == KEYS[algorithm].thumbprint()


class TestRefuses:
    @pytest.mark.parametrize(
        "changes",
        [
            {"d": "AA"},
            {"k": "AA"},
            {"kty": "oct"},
            {"kty": ["EC"]},
            {"crv": "P-384"},
            {"x": None},
            {"x": "AA"},
            {"x": "é" * 43},
            {"y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a1"},
        ],
    )
    def test_bad_curve_keys(self, changes: dict[str, Any]) -> None:
        with pytest.raises(ValueError, match=r"."):
            parse_public_jwk({**public_of("ES256"), **changes})

    def test_weak_and_absurd_rsa(self) -> None:
        small = generate_private_key(65537, 1024).public_key().public_numbers().n  # noqa: S505 - that is the point
        good = public_of("RS256")
        for changes in ({"n": encode_base64url(small.to_bytes(128))}, {"e": encode_base64url(b"\xff" * 256)}):
            with pytest.raises(ValueError, match="RSA"):
                parse_public_jwk({**good, **changes})

    @pytest.mark.parametrize("text", ["AA==", "A", "A+A", "A/A", "A A", "AA\n"])
    def test_other_base64(self, text: str) -> None:
        with pytest.raises(ValueError, match="base64url"):
            decode_base64url(text)

    @given(st.binary(max_size=100))
    def test_base64_round_trip(self, value: bytes) -> None:
        assert decode_base64url(encode_base64url(value)) == value
