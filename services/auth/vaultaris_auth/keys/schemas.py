"""HTTP shapes of signing keys."""

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel

from vaultaris_auth.keys.models import SigningKey
from vaultaris_auth.keys.pairs import Algorithm
from vaultaris_kit.http.envelopes import RequestBody


class SigningKeyOut(BaseModel):
    """A signing key; ``is_active`` marks the one that signs by default, ``expires_at`` the end of a retired one.

    ``is_pending``: it is published for relying parties to see, and signs nothing yet.
    """

    id: UUID
    tenant_id: UUID
    algorithm: str
    key_id: str
    is_active: bool
    is_pending: bool
    created_at: datetime
    expires_at: datetime | None
    public_jwk: dict[str, Any]

    @classmethod
    def of(cls, key: SigningKey) -> "SigningKeyOut":
        return cls.model_validate(key, from_attributes=True)


class RotateKey(RequestBody):
    """``algorithm``: that of the new key, which becomes the active one; by default that of the key in use.

    ``revoke_previous``, after a theft: nothing that earlier keys of that algorithm have signed is good any more.
    """

    algorithm: Algorithm | None = None
    revoke_previous: bool = False
