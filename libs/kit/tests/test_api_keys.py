"""API keys where they land: format, addresses, expiry, memory, and counting without writing."""

import asyncio
import time
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vaultaris.auth.v1.auth_pb2 import ApiKey, ApiKeyUse
from vaultaris_kit.api_keys import usage
from vaultaris_kit.api_keys.format import KEY_CHARS, PREFIX, is_well_formed, new_key, visible_part
from vaultaris_kit.api_keys.resolver import ApiKeys
from vaultaris_kit.api_keys.source import ApiKeySource
from vaultaris_kit.bus import Bus
from vaultaris_kit.context import RequestContext, enter_request
from vaultaris_kit.crypto import digest
from vaultaris_kit.errors import Forbidden, NotFound, Unauthorized, Unavailable
from vaultaris_kit.ids import created_ms, new_id
from vaultaris_kit.principal import Principal
from vaultaris_kit.revocation import Revocations, api_key_key


class TestFormat:
    def test_new_keys(self) -> None:
        keys = {new_key() for _ in range(100)}
        assert len(keys) == 100
        for key in keys:
            assert is_well_formed(key)
            assert (key[: len(PREFIX)], len(key)) == ("vk_live_", KEY_CHARS)
            assert visible_part(key) == key[:14]

    @given(st.integers(len(PREFIX), KEY_CHARS - 1), st.sampled_from("abcXYZ019"))
    def test_one_wrong_character_is_found(self, at: int, other: str) -> None:
        key = new_key()
        assert is_well_formed(key[:at] + other + key[at + 1 :]) == (key[at] == other)

    @given(st.text(max_size=80))
    def test_anything_else_is_none(self, text: str) -> None:
        assert not is_well_formed(text)
        assert not is_well_formed(PREFIX + text)

    @pytest.mark.parametrize("spoil", [str.upper, lambda key: key[:-1], lambda key: key + "0", lambda key: f" {key}"])
    def test_spoilt(self, spoil: Callable[[str], str]) -> None:
        assert not is_well_formed(spoil(new_key()))


class Auth:
    """One key, and what was asked and told."""

    def __init__(self, **facts: Any) -> None:
        self.secret = new_key()
        self.key = ApiKey(
            id=str(new_id()), tenant_id=str(new_id()), name="ci", owner_type="tenant", owner_id=str(new_id()), **facts
        )
        self.asked = 0
        self.told: list[ApiKeyUse] = []
        self.away = False

    async def resolve(self, key_hash: bytes) -> ApiKey:
        self.asked += 1
        if key_hash != digest(self.secret):
            raise NotFound
        return self.key

    async def record(self, uses: Sequence[ApiKeyUse]) -> None:
        if self.away:
            raise Unavailable
        self.told += uses

    def keys(self) -> tuple[ApiKeys, Revocations]:
        """Without NATS: nothing is kept."""
        bus = Bus("nats://127.0.0.1:9", "test")
        revocations = Revocations(bus, _nobody)
        return ApiKeys(bus, revocations, ApiKeySource(self.resolve, self.record)), revocations


async def _nobody(_principal: Principal) -> bool:
    raise Unavailable


def _from(address: str | None) -> None:
    enter_request(RequestContext(address=address))


class TestResolving:
    async def test_principal(self) -> None:
        auth = Auth(limited=True, scopes=["users:read"])
        principal = await auth.keys()[0].principal_of(auth.secret)
        assert (principal.kind, str(principal.id), principal.name) == ("api_key", auth.key.id, "ci")
        assert (principal.owner_type, str(principal.owner_id)) == ("tenant", auth.key.owner_id)
        assert principal.scopes == {"users:read"}
        assert not principal.is_person

    async def test_unlimited_and_empty_are_told_apart(self) -> None:
        for limited, scopes in ((False, {"*:*"}), (True, set())):
            auth = Auth(limited=limited)
            assert (await auth.keys()[0].principal_of(auth.secret)).scopes == scopes

    async def test_typos_are_not_looked_up(self) -> None:
        auth = Auth()
        keys, _ = auth.keys()
        for text in ("", "vk_live_x", auth.secret[:-1] + "!", "x" * 10_000):
            with pytest.raises(Unauthorized):
                await keys.principal_of(text)
        assert auth.asked == 0
        with pytest.raises(Unauthorized):
            await keys.principal_of(new_key())
        assert auth.asked == 1

    async def test_expired(self) -> None:
        auth = Auth(expires_at=int(time.time()) - 1)
        with pytest.raises(Unauthorized):
            await auth.keys()[0].principal_of(auth.secret)

    async def test_revoked_while_auth_still_says_yes(self) -> None:
        auth = Auth()
        keys, revocations = auth.keys()
        principal = await keys.principal_of(auth.secret)
        assert principal.issued_ms == created_ms(principal.id)
        revocations.apply(api_key_key(principal.id), int(time.time() * 1000))
        with pytest.raises(Unauthorized):
            await keys.principal_of(auth.secret)

    async def test_nothing_is_kept_without_nats(self) -> None:
        auth = Auth()
        keys, _ = auth.keys()
        for _round in range(3):
            await keys.principal_of(auth.secret)
        assert auth.asked == 3

    @pytest.mark.parametrize(
        ("networks", "address", "passes"),
        [
            (["192.0.2.0/24"], "192.0.2.7", True),
            (["192.0.2.0/24"], "::ffff:192.0.2.7", True),
            (["192.0.2.0/24"], "198.51.100.1", False),
            (["192.0.2.0/24", "2001:db8::/32"], "2001:db8::1", True),
            (["2001:db8::/32"], "192.0.2.7", False),
            (["192.0.2.0/24"], None, False),
            (["192.0.2.0/24"], "nonsense", False),
            ([], None, True),
        ],
    )
    async def test_addresses(self, networks: list[str], address: str | None, passes: bool) -> None:
        auth = Auth(networks=networks)
        keys, _ = auth.keys()
        _from(address)
        if passes:
            await keys.principal_of(auth.secret)
            return
        with pytest.raises(Forbidden):
            await keys.principal_of(auth.secret)


class TestUsage:
    async def test_many_uses_are_told_at_once(self) -> None:
        auth = Auth()
        keys, _ = auth.keys()
        for _round in range(50):
            await keys.principal_of(auth.secret)
        await keys.usage.flush()
        assert [(use.id, use.count) for use in auth.told] == [(auth.key.id, 50)]
        assert abs(auth.told[0].last_used_ms / 1000 - time.time()) < 5
        await keys.usage.flush()
        assert len(auth.told) == 1

    async def test_refused_uses_do_not_count(self) -> None:
        auth = Auth(networks=["192.0.2.0/24"])
        keys, _ = auth.keys()
        with pytest.raises(Forbidden):
            await keys.principal_of(auth.secret)
        await keys.usage.flush()
        assert auth.told == []

    async def test_kept_while_auth_is_away(self) -> None:
        auth = Auth()
        counter, key_id = usage.Usage(auth.record), new_id()
        auth.away = True
        counter.count(key_id)
        await counter.flush()
        counter.count(key_id)
        auth.away = False
        await counter.flush()
        assert [use.count for use in auth.told] == [2]

    async def test_the_last_ones_are_told_at_the_end(self) -> None:
        auth = Auth()
        counter = usage.Usage(auth.record)
        running = asyncio.create_task(counter.run())
        await asyncio.sleep(0)
        counter.count(new_id())
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        assert len(auth.told) == 1

    async def test_bounded(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(usage, "_MAX_WAITING", 5)
        auth = Auth()
        counter = usage.Usage(auth.record)
        for _round in range(9):
            counter.count(new_id())
        await counter.flush()
        assert len(auth.told) == 5
