"""Whom a presented key stands for.

A resolution is kept for at most :data:`MAX_AGE_SECONDS`, dropped when an event tells of a change of the key or
its tenant, checked against the live revocation set on every use, and not kept at all while NATS is away.
"""

import json
import time
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import Final, cast
from uuid import UUID

from vaultaris.auth.v1.auth_pb2 import ApiKey
from vaultaris_kit.api_keys.conditions import Circumstances, Condition, condition_of
from vaultaris_kit.api_keys.format import is_well_formed
from vaultaris_kit.api_keys.refusal import refused_key
from vaultaris_kit.api_keys.source import ApiKeySource
from vaultaris_kit.api_keys.usage import Usage
from vaultaris_kit.bus import Bus
from vaultaris_kit.cache import Cache
from vaultaris_kit.context import current_request
from vaultaris_kit.crypto import digest
from vaultaris_kit.errors import Forbidden, NotFound
from vaultaris_kit.events import Event
from vaultaris_kit.ids import created_ms, now
from vaultaris_kit.principal import OwnerType, Principal
from vaultaris_kit.revocation import Revocations
from vaultaris_kit.rights import EVERY_RIGHT

MAX_AGE_SECONDS: Final = 30.0
_KEYS: Final = 20_000


@dataclass(frozen=True, slots=True)
class _Resolved:
    """A key that was usable when auth was asked. Without ``networks`` it may be used from anywhere."""

    principal: Principal
    networks: tuple[IPv4Network | IPv6Network, ...]
    condition: Condition

    @classmethod
    def of(cls, key: ApiKey) -> "_Resolved":
        key_id = UUID(key.id)
        principal = Principal(
            kind="api_key",
            id=key_id,
            tenant_id=UUID(key.tenant_id),
            name=key.name,
            scopes=frozenset(key.scopes) if key.limited else frozenset({EVERY_RIGHT}),
            issued_ms=created_ms(key_id),
            expires_at=key.expires_at,
            owner_type=cast("OwnerType", key.owner_type),
            owner_id=UUID(key.owner_id),
        )
        return cls(principal, tuple(ip_network(network) for network in key.networks), _condition_of(key))


class ApiKeys:
    """Turns keys into principals."""

    def __init__(self, bus: Bus, revocations: Revocations, source: ApiKeySource) -> None:
        self._bus, self._revocations, self._source = bus, revocations, source
        self._resolved: Cache[bytes, _Resolved] = Cache("api_keys", size=_KEYS, max_age=MAX_AGE_SECONDS)
        self._listening = False
        self.usage = Usage(source.record)

    async def listen(self) -> None:
        """Begins to hear of changes; nothing is kept before."""
        self._bus.on_gap.append(self._resolved.drop)
        await self._bus.listen(["auth.api_key.*", "directory.tenant.*"], self.invalidate)
        self._listening = True

    def invalidate(self, event: Event) -> None:
        """Drops what ``event`` may have changed."""
        if event.type.startswith("tenant."):
            self._resolved.drop_values(lambda each: each.principal.tenant_id == event.tenant_id)
        else:
            self._resolved.drop_values(lambda each: each.principal.id == event.resource_id)

    async def principal_of(self, key: str) -> Principal:
        """The principal of a usable key. Raises :class:`Unauthorized`, or :class:`Forbidden` for its address."""
        if not is_well_formed(key):
            raise refused_key()
        key_hash = digest(key)
        try:
            resolved = await self._resolve(key_hash)
        except NotFound as fault:
            raise refused_key() from fault
        principal = resolved.principal
        if 0 < principal.expires_at <= time.time() or self._revocations.remembers(principal):
            raise refused_key()
        _check_address(resolved)
        if not resolved.condition(Circumstances(now(), current_request().address)):
            raise Forbidden("The conditions of this API key do not hold now.")
        self.usage.count(principal.id)
        return principal

    async def _resolve(self, key_hash: bytes) -> _Resolved:
        async def load() -> _Resolved:
            return _Resolved.of(await self._source.resolve(key_hash))

        if self._listening and self._bus.connected and self._revocations.live:
            return await self._resolved.get_or_load(key_hash, load)
        return await load()


def _condition_of(key: ApiKey) -> Condition:
    """Conditions that are not understood here (a newer auth may have stored them) never hold."""
    if not key.conditions:
        return lambda _at: True
    try:
        return condition_of(json.loads(key.conditions))
    except ValueError:
        return lambda _at: False


def _check_address(resolved: _Resolved) -> None:
    if not resolved.networks:
        return
    try:
        address = ip_address(current_request().address or "")
    except ValueError as fault:
        raise Forbidden("This API key is bound to addresses, and yours is not known.") from fault
    address = getattr(address, "ipv4_mapped", None) or address
    if not any(address in network for network in resolved.networks):
        raise Forbidden("This API key may not be used from your address.")
