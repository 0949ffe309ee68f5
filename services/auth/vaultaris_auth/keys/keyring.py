"""The process's own view of signing keys: unsealed signers and public halves, cached."""

from typing import cast
from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from vaultaris.auth.v1.auth_pb2 import VerificationKey
from vaultaris_auth.keys import operations, repository
from vaultaris_auth.keys.models import SigningKey
from vaultaris_auth.keys.pairs import PURPOSE, Algorithm, load_private
from vaultaris_auth.tokens.signer import Signer
from vaultaris_kit.bus import Bus
from vaultaris_kit.cache import Cache
from vaultaris_kit.crypto import Sealer
from vaultaris_kit.database import Database
from vaultaris_kit.errors import NotFound
from vaultaris_kit.events import Event

_TENANTS = 5_000
_SECONDS = 60.0
"""Least time after which a rotation by another replica is noticed even when its event was missed."""
_UNHEARD_SECONDS = 1.0
"""How old the JWK set may be while nothing is heard of other replicas: their new tokens must not be refused for it."""
_JWKS = "jwks"

encode = msgspec.json.Encoder(order="sorted").encode


class Keyring:
    """Signers by tenant, and the JWK set of the instance. A tenant without keys gets them on first use."""

    def __init__(self, database: Database, sealer: Sealer, bus: Bus) -> None:
        self._database, self.sealer, self._bus = database, sealer, bus
        self._listening = False
        self._signers: Cache[tuple[UUID, str | None], Signer] = Cache("signers", size=_TENANTS, max_age=_SECONDS)
        self._set: Cache[str, bytes] = Cache(_JWKS, size=1, max_age=_SECONDS)
        self._unheard_set: Cache[str, bytes] = Cache("jwks_unheard", size=1, max_age=_UNHEARD_SECONDS)

    async def listen(self) -> None:
        """Begins to hear of keys that other replicas make. Until then, and while NATS is away, no signer is kept."""
        self._bus.on_gap.append(self.forget)
        await self._bus.listen(["auth.key.*"], self.invalidate)
        self._listening = True

    @property
    def _hears(self) -> bool:
        """Whether this process is told of what other replicas do."""
        return self._listening and self._bus.connected

    async def signer(self, tenant_id: UUID, algorithm: str | None = None) -> Signer:
        """The signer of the tenant's key of ``algorithm``, of its active key when None.

        Never one that another replica has withdrawn: what a stolen key signs is refused everywhere.
        """
        name = (tenant_id, algorithm)
        if self._hears:
            return await self._signers.get_or_load(name, lambda: self._load(*name))
        return await self._load(*name)

    async def _load(self, tenant_id: UUID, algorithm: str | None) -> Signer:
        async with self._database.tenant(tenant_id) as session:
            keys = await self.provision(session, tenant_id)
            if algorithm is None:
                key = next(key for key in keys.values() if key.is_active)
            else:
                key = await operations.ensure_key(session, self.sealer, tenant_id, cast("Algorithm", algorithm))
        self._forget_set()
        return self._unseal(key)

    async def provision(self, session: AsyncSession, tenant_id: UUID) -> dict[str, SigningKey]:
        """Makes the tenant's keys where they are missing, in the transaction of ``session``."""
        return await operations.ensure_keys(session, self.sealer, tenant_id)

    def _unseal(self, key: SigningKey) -> Signer:
        return Signer(key.key_id, key.algorithm, load_private(self.sealer.open(key.private_sealed, PURPOSE)))

    async def find(self, key_id: str) -> VerificationKey:
        """The public half of a key. Raises :class:`NotFound` for an unknown or expired ``kid``."""
        async with self._database.instance() as session:
            key = await repository.find_key(session, key_id)
        if key is None:
            raise NotFound("No such key.")
        return VerificationKey(
            kid=key.key_id,
            tenant_id=str(key.tenant_id),
            algorithm=key.algorithm,
            public_jwk=encode(key.public_jwk).decode(),
        )

    async def jwks(self) -> bytes:
        """The JWK set (RFC 7517 section 5) of all tenants, as JSON."""
        held = self._set if self._hears else self._unheard_set
        return await held.get_or_load(_JWKS, self._load_set)

    async def _load_set(self) -> bytes:
        async with self._database.instance() as session:
            return encode({"keys": await repository.all_public_keys(session)})

    def forget(self, tenant_id: UUID | None = None) -> None:
        """Drops what is held of a tenant, or everything."""
        self._forget_set()
        if tenant_id is None:
            self._signers.drop()
        else:
            self._signers.drop(lambda name: name[0] == tenant_id)

    def _forget_set(self) -> None:
        self._set.drop()
        self._unheard_set.drop()

    def invalidate(self, event: Event) -> None:
        """Takes in that another replica made or rotated a key."""
        self.forget(event.tenant_id)
