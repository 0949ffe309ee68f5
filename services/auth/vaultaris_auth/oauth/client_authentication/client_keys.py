"""The public keys of clients: registered by value, or fetched from where the client says (RFC 7591 section 2)."""

import asyncio
import hashlib
import time
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

import msgspec

from vaultaris_auth.clients.registry import Client
from vaultaris_kit.cache import Cache
from vaultaris_kit.jwk import PublicKey, parse_public_jwk
from vaultaris_kit.logs import get_logger
from vaultaris_kit.outbound import Outbound, OutboundFault

log = get_logger(__name__)

_SETS: Final = 5_000
_SECONDS: Final = 300.0
_REFETCH_SECONDS: Final = 30.0
"""How often a key set may be asked for again because it lacks a key, or could not be had."""
_MAX_FETCHED_KEYS: Final = 100
_OK: Final = 200
_encode = msgspec.json.Encoder(order="sorted").encode


class NamedKey(NamedTuple):
    """A key and its ``kid``, if it has one."""

    key_id: str | None
    key: PublicKey


@dataclass(slots=True)
class _Fetched:
    """A key set from the outside, when it was asked for, and who is asking for it now."""

    keys: tuple[NamedKey, ...] = ()
    asked_at: float = -_SECONDS
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)


class ClientKeys:
    """Parsed keys, held in bounded memory. One client's bad key set does nothing to another's."""

    def __init__(self, outbound: Outbound) -> None:
        self._outbound = outbound
        self._registered: Cache[bytes, tuple[NamedKey, ...]] = Cache("client_keys", size=_SETS, max_age=3600)
        self._fetched: Cache[str, _Fetched] = Cache("client_key_sets", size=_SETS, max_age=24 * 3600)

    async def of(self, client: Client, key_id: str | None) -> list[PublicKey]:
        """The keys that may have signed: those named ``key_id``, or all when the client names none."""
        if client.jwks is not None:
            return _named(self._parsed(client.jwks), key_id)
        if client.jwks_uri is None:
            return []
        return await self._from(client.jwks_uri, key_id)

    def _parsed(self, key_set: dict[str, Any]) -> tuple[NamedKey, ...]:
        name = hashlib.sha256(_encode(key_set)).digest()
        keys = self._registered.get(name)
        if keys is None:
            keys = keys_in(key_set)
            self._registered.put(name, keys)
        return keys

    async def _from(self, uri: str, key_id: str | None) -> list[PublicKey]:
        """Asks again when the set is old, or lacks the key; the latter not more often than twice a minute."""
        held = self._fetched.get(uri) or _Fetched()
        self._fetched.put(uri, held)
        async with held.lock:
            age, found = time.monotonic() - held.asked_at, _named(held.keys, key_id)
            if age >= _SECONDS or (not found and age >= _REFETCH_SECONDS):
                held.asked_at = time.monotonic()
                held.keys = await self._fetch(uri) or held.keys
                found = _named(held.keys, key_id)
        return found

    async def _fetch(self, uri: str) -> tuple[NamedKey, ...]:
        """Nothing when it can't be had: the keys that are known go on for as long as the client's own site is away."""
        try:
            answer = await self._outbound.get(uri, headers={"Accept": "application/jwk-set+json, application/json"})
            if answer.status == _OK:
                return keys_in(msgspec.json.decode(answer.body))
            reason = f"status {answer.status}"
        except OutboundFault as fault:
            reason = fault.reason
        except (ValueError, RecursionError):
            reason = "malformed"
        log.warning("client_keys_not_fetched", uri=uri, reason=reason)
        return ()


def keys_in(key_set: object) -> tuple[NamedKey, ...]:
    """The usable signature keys of a JWK set; others are passed over (RFC 7517 section 5)."""
    listed = key_set.get("keys") if isinstance(key_set, dict) else None
    keys = (_usable(each) for each in listed[:_MAX_FETCHED_KEYS]) if isinstance(listed, list) else ()
    return tuple(key for key in keys if key is not None)


def _usable(jwk: object) -> NamedKey | None:
    if not isinstance(jwk, dict) or jwk.get("use", "sig") != "sig":
        return None
    key_id = jwk.get("kid")
    try:
        return NamedKey(key_id if isinstance(key_id, str) else None, parse_public_jwk(jwk))
    except ValueError:
        return None


def _named(keys: tuple[NamedKey, ...], key_id: str | None) -> list[PublicKey]:
    return [each.key for each in keys if key_id is None or each.key_id in (None, key_id)][:_MAX_TRIED]


_MAX_TRIED: Final = 10
