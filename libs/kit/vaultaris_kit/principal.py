"""Who is calling."""

from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from vaultaris_kit.ids import MASTER_TENANT_ID

PrincipalKind = Literal["user", "client", "api_key", "service", "system"]
OwnerType = Literal["tenant", "application", "group", "user"]


@dataclass(frozen=True, slots=True)
class Principal:
    """A verified caller. ``id`` is the user's, the client row's or the key's id; rights are looked up live.

    ``issued_ms`` (milliseconds since the epoch) dates the credential, for not-before revocations. An API key has an
    owner, whose rights its ``scopes`` narrow; ``expires_at`` 0 means that it does not expire. ``jkt`` is the
    thumbprint of the key that an access token is bound to (RFC 9449). ``delegated`` is a person behind a client that is
    not the product's own: the rights of such a token are those its scopes name, and no more. ``audience`` is whom a
    token is for, ``derived_from`` what ends it beside its own ids: keys of the revocation set that belong to the tokens
    it was exchanged for. ``key_id`` names the key that signed it.
    """

    kind: PrincipalKind
    id: UUID
    tenant_id: UUID
    name: str | None = None
    client_id: str | None = None
    session_id: UUID | None = None
    token_id: UUID | None = None
    scopes: frozenset[str] = frozenset()
    issued_ms: int = 0
    expires_at: int = 0
    auth_time: int = 0
    owner_type: OwnerType | None = None
    owner_id: UUID | None = None
    jkt: str | None = None
    delegated: bool = False
    audience: str | None = None
    derived_from: tuple[str, ...] = ()
    key_id: str | None = None

    @property
    def is_person(self) -> bool:
        """Whether a human being stands behind the credential."""
        return self.kind == "user"

    @property
    def is_present(self) -> bool:
        """Whether the person acts through a client of the product's own, and so may do what only they may."""
        return self.is_person and not self.delegated

    @property
    def in_master_tenant(self) -> bool:
        return self.tenant_id == MASTER_TENANT_ID


SYSTEM = Principal(kind="system", id=UUID(int=0), tenant_id=MASTER_TENANT_ID, name="system")
"""The product itself, in background work and first-run setup."""
