"""Sealing: reversible only with the key and for the purpose it was sealed for."""

import pytest
from cryptography.exceptions import InvalidTag
from hypothesis import given
from hypothesis import strategies as st

from vaultaris_kit.crypto import Sealer, digest, new_secret, same

OLD, NEW = b"o" * 32, b"n" * 32


class TestSealer:
    @given(st.binary(max_size=2000))
    def test_round_trip(self, value: bytes) -> None:
        sealer = Sealer(OLD)
        assert sealer.open(sealer.seal(value, "totp"), "totp") == value

    def test_old_key_still_opens_after_rotation(self) -> None:
        sealed = Sealer(OLD).seal(b"secret", "key")
        assert Sealer(NEW, OLD).open(sealed, "key") == b"secret"

    def test_other_purpose_does_not_open(self) -> None:
        sealed = Sealer(OLD).seal(b"secret", "client")
        with pytest.raises(InvalidTag):
            Sealer(OLD).open(sealed, "user")

    def test_tampering_is_seen(self) -> None:
        sealed = bytearray(Sealer(OLD).seal(b"secret", "key"))
        sealed[-1] ^= 1
        with pytest.raises(InvalidTag):
            Sealer(OLD).open(bytes(sealed), "key")

    def test_unknown_key_is_refused(self) -> None:
        with pytest.raises(KeyError):
            Sealer(NEW).open(Sealer(OLD).seal(b"secret", "key"), "key")

    def test_same_value_seals_differently(self) -> None:
        assert Sealer(OLD).seal(b"x", "p") != Sealer(OLD).seal(b"x", "p")


class TestSecrets:
    def test_digest_compares(self) -> None:
        secret = new_secret("vk_live_")
        assert secret.startswith("vk_live_")
        assert same(digest(secret), digest(secret))
        assert not same(digest(secret), digest(new_secret("vk_live_")))
