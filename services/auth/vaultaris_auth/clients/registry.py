"""Clients as the protocol sees them: found by ``client_id`` alone, held in memory, dropped by events."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select

from vaultaris_auth.application_links.models import ClientLink
from vaultaris_auth.clients.models import OAuthClient
from vaultaris_auth.revocations.marks import CLIENT_ID
from vaultaris_kit.bus import Bus
from vaultaris_kit.cache import Cache
from vaultaris_kit.database import Database
from vaultaris_kit.errors import NotFound
from vaultaris_kit.events import Event

_CLIENTS = 10_000
_SECONDS = 30.0
_MAX_CHARS = 100


@dataclass(frozen=True, slots=True)
class Client:
    """The facts of a client that the protocol needs. A frozen one is not enabled."""

    id: UUID
    tenant_id: UUID
    client_id: str
    is_public: bool
    is_enabled: bool
    grant_types: frozenset[str]
    allowed_scopes: frozenset[str]
    default_scopes: tuple[str, ...]
    access_lifetime: int | None
    refresh_lifetime: int | None
    auth_method: str | None
    auth_signing_alg: str | None
    jwks: dict[str, Any] | None
    jwks_uri: str | None
    id_token_alg: str | None
    introspection_alg: str | None
    require_par: bool
    dpop_bound: bool
    dpop_nonce: bool
    token_exchange: dict[str, Any] | None
    secret_hash: bytes | None
    secret_sealed: bytes | None
    name: str
    redirect_uris: tuple[str, ...]
    requires_pkce: bool
    requires_consent: bool
    allowed_resources: tuple[str, ...]
    post_logout_redirect_uris: tuple[str, ...]
    backchannel_logout_uri: str | None
    applications: tuple[tuple[UUID, bool], ...] = ()
    """The applications that it belongs to, and whether it was made inside."""

    @classmethod
    def of(cls, row: OAuthClient, applications: Iterable[tuple[UUID, bool]] = ()) -> "Client":
        return cls(
            id=row.id,
            tenant_id=row.tenant_id,
            client_id=row.client_id,
            is_public=row.is_public,
            is_enabled=row.is_enabled and row.freeze_reason is None,
            grant_types=frozenset(row.allowed_grant_types),
            allowed_scopes=frozenset(row.allowed_scopes),
            default_scopes=tuple(row.default_scopes),
            access_lifetime=row.access_token_lifetime_seconds,
            refresh_lifetime=row.refresh_token_lifetime_seconds,
            auth_method=row.token_endpoint_auth_method,
            auth_signing_alg=row.token_endpoint_auth_signing_alg,
            jwks=row.jwks,
            jwks_uri=row.jwks_uri,
            id_token_alg=row.id_token_signed_response_alg,
            introspection_alg=row.introspection_signed_response_alg,
            require_par=row.require_pushed_authorization_requests,
            dpop_bound=row.dpop_bound_access_tokens,
            dpop_nonce=row.require_dpop_nonce,
            token_exchange=row.token_exchange,
            secret_hash=row.secret_hash,
            secret_sealed=row.secret_sealed,
            name=row.name,
            redirect_uris=tuple(row.redirect_uris),
            requires_pkce=row.require_pkce or row.is_public,
            requires_consent=row.require_consent,
            allowed_resources=tuple(row.allowed_resources),
            post_logout_redirect_uris=tuple(row.post_logout_redirect_uris),
            backchannel_logout_uri=row.backchannel_logout_uri,
            applications=tuple(applications),
        )


class ClientRegistry:
    """Finds clients. While NATS is away nothing is served from memory: an event could have been missed."""

    def __init__(self, database: Database, bus: Bus) -> None:
        self._database, self._bus = database, bus
        self._clients: Cache[str, Client] = Cache("oauth_clients", size=_CLIENTS, max_age=_SECONDS)
        self._listening = False
        bus.on_gap.append(self._clients.drop)

    async def listen(self) -> None:
        """Starts to take in changes made by other replicas."""
        await self._bus.listen(["auth.client.>", "auth.application.>"], self.invalidate)
        self._listening = True

    def invalidate(self, event: Event) -> None:
        """Drops the client that ``event`` tells of."""
        if event.resource_type == "application":
            linked = (event.new_value or event.old_value or {}).get("client_id")
            self._clients.drop_values(lambda client: str(client.id) == linked)
        else:
            self.forget(str(event.metadata.get("client_id")))

    def forget(self, client_id: str) -> None:
        """Drops one client."""
        self._clients.drop_key(client_id)

    def forget_rows(self, row_ids: Collection[UUID]) -> None:
        """Drops clients by the ids of their rows."""
        self._clients.drop_values(lambda client: client.id in row_ids)

    async def find(self, client_id: str) -> Client | None:
        """The client, enabled or not; None when there is none."""
        if len(client_id) > _MAX_CHARS or CLIENT_ID.fullmatch(client_id) is None:
            return None
        try:
            if self._listening and self._bus.connected:
                return await self._clients.get_or_load(client_id, lambda: self._load(client_id))
            return await self._load(client_id)
        except NotFound:
            return None

    async def _load(self, client_id: str) -> Client:
        async with self._database.instance() as session:
            row = await session.scalar(select(OAuthClient).where(OAuthClient.client_id == client_id))
            if row is None:
                raise NotFound
            links = select(ClientLink.application_id, ClientLink.is_owned).where(ClientLink.resource_id == row.id)
            return Client.of(row, [(each.application_id, each.is_owned) for each in await session.execute(links)])
