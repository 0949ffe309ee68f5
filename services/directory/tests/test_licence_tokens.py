"""Licence tokens: what is read, what is refused, and when a licence ends."""

import time
from datetime import timedelta
from typing import Any

import pytest
from pydantic import SecretStr, ValidationError

from tests.licence_mint import DAY, Mint, unsigned
from vaultaris_directory.licences.holder import Licences
from vaultaris_directory.licences.token import COMMUNITY, LicenceFault, read_licence, read_public_key
from vaultaris_directory.settings import DirectorySettings
from vaultaris_kit.ids import now

MINT = Mint()
KEY = read_public_key(MINT.public)
HOSTING = {"hosting": {"enabled": True, "max_hosted_tenants": 3, "allowed_tiers": ["pro"]}}


class TestReading:
    @pytest.mark.parametrize("public", [MINT.public, MINT.public_pem], ids=["raw", "PEM"])
    def test_what_was_signed_is_read(self, public: str) -> None:
        token = MINT.licence(limits={"users": 5, "roles": None}, features=HOSTING)
        licence = read_licence(token, read_public_key(public))
        assert (licence.tier, licence.sub, licence.limits) == ("pro", "Tulip Ltd", {"users": 5, "roles": None})
        assert licence.features.hosting.max_hosted_tenants == 3
        assert licence.status(now()) == "active"

    @pytest.mark.parametrize(
        "token",
        [
            "", "nonsense", "a.b.c", "x" * 20_000, Mint().licence(), unsigned(MINT.licence()),
            MINT.licence(header={"typ": "JWT"}), MINT.licence(jti=None), MINT.licence(sub=None),
            MINT.licence(tier="gold"), MINT.licence(limits={"users": -1}), MINT.licence(limits={"users": "many"}),
            MINT.licence(exp="tomorrow"), MINT.licence(exp=10**18), MINT.licence(grace_days=9999),
        ],
    )  # fmt: skip
    def test_everything_else_is_refused(self, token: str) -> None:
        with pytest.raises(LicenceFault):
            read_licence(token, KEY)

    @pytest.mark.parametrize("text", ["", "short", "!" * 43, "-----BEGIN PUBLIC KEY-----\nnonsense"])
    def test_keys_that_are_none(self, text: str) -> None:
        with pytest.raises(LicenceFault):
            read_public_key(text)


class TestTime:
    def test_grace_then_expiry_which_ends_features_but_not_limits(self) -> None:
        ends = int(time.time()) + 60
        licence = read_licence(MINT.licence(exp=ends, grace_days=7, features=HOSTING, limits={"users": 5}), KEY)
        states = {hours: licence.status(now() + timedelta(hours=hours)) for hours in (0, 24, 8 * 24)}
        assert list(states.values()) == ["active", "grace", "expired"]
        assert licence.features_at(now() + timedelta(days=1)).hosting.enabled
        assert not licence.features_at(now() + timedelta(days=8)).hosting.enabled
        assert licence.limits == {"users": 5}

    def test_a_licence_may_last_for_ever(self) -> None:
        assert read_licence(MINT.licence(exp=None), KEY).status(now() + timedelta(days=40_000)) == "active"


class TestConfigured:
    def test_without_a_licence_it_is_community(self) -> None:
        assert Licences.configured("", "").default is COMMUNITY
        assert COMMUNITY.status(now()) == "none"
        assert not COMMUNITY.features_at(now()).hosting.enabled

    @pytest.mark.parametrize("bad", [{"license_key": "x"}, {"license_key": "x", "license_public_key": MINT.public}])
    def test_a_bad_licence_stops_the_start(self, bad: dict[str, Any]) -> None:
        with pytest.raises(ValidationError, match="licence"):
            _settings(**bad)

    def test_an_expired_one_does_not(self) -> None:
        token = MINT.licence(exp=int(time.time()) - 400 * DAY)
        settings = _settings(license_key=SecretStr(token), license_public_key=MINT.public)
        assert settings.licences().default.status(now()) == "expired"


def _settings(**fields: Any) -> DirectorySettings:
    return DirectorySettings(_env_file=None, dev=True, **fields)
