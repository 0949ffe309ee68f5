"""A token request on its way through the steps."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol
from uuid import UUID

from vaultaris.directory.v1.directory_pb2 import Application, Tenant
from vaultaris_auth.clients.registry import Client
from vaultaris_auth.oauth.client_authentication.method import Presented
from vaultaris_auth.oauth.form import Form
from vaultaris_auth.tokens.claims import Grant
from vaultaris_auth.tokens.lifetimes import access_lifetime
from vaultaris_kit.dpop.proofs import Target
from vaultaris_kit.ids import created_ms, new_id
from vaultaris_kit.service import Runtime


@dataclass(frozen=True, slots=True)
class Granted:
    """What a grant handler decided: the grant, and the refresh token that goes with it, with its end if not used.

    ``nonce`` and ``code``, of the code grant, are told in the ID token.
    """

    grant: Grant
    refresh_token: str | None = None
    nonce: str | None = None
    code: str | None = None
    refresh_ends_at: datetime | None = None
    issued_token_type: str | None = None
    """What a token exchange brought (RFC 8693 section 2.2.1); no ID token goes with it."""


class GrantHandler(Protocol):
    """One grant type."""

    name: str
    """The value of ``grant_type``."""

    async def decide(self, request: "TokenRequest") -> Granted:
        """Checks the grant and stores what must be stored. Raises :class:`OAuthError`."""


@dataclass(slots=True)
class TokenRequest:
    """Steps fill in ``client``, ``handler``, ``tenant`` and ``applications`` in this order, each relying on the last.

    ``token_id`` dates the request: whatever is revoked while it is under way covers the tokens it gives.
    """

    runtime: Runtime
    presented: Presented
    target: Target
    proofs: Sequence[str] = ()
    """The values of the header ``DPoP``, of which there may be one."""
    jkt: str | None = None
    """The thumbprint of the key that the tokens are to be bound to (RFC 9449)."""
    expires_by: int | None = None
    """When the access token must have ended, in seconds since the epoch."""
    token_id: UUID = field(default_factory=new_id)
    client: Client = field(init=False)
    handler: GrantHandler = field(init=False)
    tenant: Tenant = field(init=False)
    applications: Sequence[Application] = ()

    @property
    def form(self) -> Form:
        return self.presented.form

    @property
    def started_ms(self) -> int:
        """When the request came, in milliseconds since the epoch."""
        return created_ms(self.token_id)

    @property
    def issued_at(self) -> int:
        """``iat`` of everything issued, in seconds since the epoch."""
        return self.started_ms // 1000

    @property
    def access_lifetime(self) -> int:
        """Of the access token, in seconds."""
        lifetime = access_lifetime(self.client, self.tenant, self.applications)
        return lifetime if self.expires_by is None else min(lifetime, self.expires_by - self.issued_at)
