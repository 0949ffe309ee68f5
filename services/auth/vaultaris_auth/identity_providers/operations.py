"""What happens to identity providers."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from vaultaris.directory.v1.directory_pb2 import ResolveRolesRequest
from vaultaris.directory.v1.directory_pb2_grpc import DirectoryServiceStub
from vaultaris_auth.base import OUTBOX
from vaultaris_auth.identity_providers.models import IdentityProvider, secret_purpose
from vaultaris_auth.identity_providers.repository import IdentityProviders
from vaultaris_kit.clashes import flush_or_clash
from vaultaris_kit.crypto import Sealer
from vaultaris_kit.errors import Conflict, Forbidden, Invalid
from vaultaris_kit.http.envelopes import MAX_LIST
from vaultaris_kit.http.preconditions import check_version
from vaultaris_kit.ids import new_id
from vaultaris_kit.limits.capped import require_thawed
from vaultaris_kit.outbound import Guard
from vaultaris_kit.principal import Principal
from vaultaris_kit.rights import RightSet
from vaultaris_kit.rpc.client import Peers, call

_CLASHES = {"uq_identity_providers_name": "The name is taken by another identity provider."}
_URLS: Final = ("authorization_url", "token_url", "userinfo_url", "jwks_url", "saml_sso_url", "saml_slo_url")
_PATH_SEGMENT: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_DEFAULTS: Final[dict[str, Any]] = {
    "status": "active",
    "auto_create_users": True,
    "update_user_on_login": True,
    "sync_groups": False,
    "priority": 0,
}
_UNTOLD: Final = frozenset(
    {"client_secret_sealed", "created_at", "updated_at", "version", "freeze_reason", "frozen_at"}
)


@dataclass(frozen=True)
class Rules:
    """What the instance brings: where URLs may lead, and what seals secrets."""

    guard: Guard
    sealer: Sealer


async def check_conferred(peers: Peers, held: RightSet, tenant_id: UUID, fields: Mapping[str, Any]) -> None:
    """A provider hands its ``default_roles`` to whoever signs in through it, and with ``sync_groups`` groups.

    Raises :class:`Invalid` for an unknown role; :class:`Forbidden` for rights that the caller lacks;
    :class:`Unavailable` when the directory can't say.
    """
    if fields.get("sync_groups") and "groups:assign" not in held:
        raise Forbidden("The right groups:assign is needed for sync_groups.")
    roles = fields.get("default_roles")
    if not roles:
        return
    request = ResolveRolesRequest(tenant_id=str(tenant_id), names=roles)
    answer = await call(DirectoryServiceStub(peers.channel("directory")).ResolveRoles, request)
    unknown = set(roles) - {role.name for role in answer.roles}
    if unknown:
        raise Invalid.field(
            "default_roles", f"Not a role of this tenant: {', '.join(sorted(unknown))}.", "unknown_role"
        )
    lacking = sorted(right for right in answer.rights if not held.covers(right))
    if lacking:
        raise Forbidden(f"You can't give away rights that you don't hold: {', '.join(lacking[:10])}.")


async def create_provider(
    session: AsyncSession, principal: Principal, rules: Rules, *, tenant_id: UUID, fields: dict[str, Any]
) -> IdentityProvider:
    """Adds a provider. Raises :class:`Invalid` for a field, :class:`Conflict` for a taken name or a full tenant."""
    provider = IdentityProvider(id=new_id(), tenant_id=tenant_id)
    _apply(provider, rules, {**_DEFAULTS, **fields})
    await _require_room(session, tenant_id)
    session.add(provider)
    await flush_or_clash(session, _CLASHES)
    _emit(session, principal, "identity_provider.created", provider, new=describe(provider))
    return provider


async def update_provider(
    session: AsyncSession,
    principal: Principal,
    rules: Rules,
    *,
    tenant_id: UUID,
    provider_id: UUID,
    changes: dict[str, Any],
    expected: int | None,
) -> IdentityProvider:
    """Changes a provider. Raises as :func:`create_provider`, and NotFound, PreconditionFailed."""
    provider = await IdentityProviders(session, tenant_id).get(provider_id, lock=True)
    check_version(provider.version, expected)
    require_thawed(provider)
    before = describe(provider)
    with session.no_autoflush:  # not written before it is found to be sound
        _apply(provider, rules, changes)
    await flush_or_clash(session, _CLASHES)
    after = describe(provider)
    if changes.get("client_secret") is not None or before != after:
        _emit(session, principal, "identity_provider.updated", provider, old=before, new=after)
    return provider


async def delete_provider(
    session: AsyncSession, principal: Principal, *, tenant_id: UUID, provider_id: UUID, expected: int | None
) -> None:
    """Removes a provider for good. Raises NotFound, PreconditionFailed."""
    provider = await IdentityProviders(session, tenant_id).get(provider_id, lock=True)
    check_version(provider.version, expected)
    await session.delete(provider)
    _emit(session, principal, "identity_provider.deleted", provider, old=describe(provider))


def describe(provider: IdentityProvider) -> dict[str, Any]:
    """The provider as events tell it: whether it has a secret, but not which."""
    names = [column.key for column in IdentityProvider.__mapper__.column_attrs if column.key not in _UNTOLD]
    told = {name: getattr(provider, name) for name in names}
    return {**told, "has_client_secret": provider.client_secret_sealed is not None}


def _apply(provider: IdentityProvider, rules: Rules, fields: dict[str, Any]) -> None:
    """Sets what is sent, once it is known to be sound."""
    for name in _URLS:
        if (url := fields.get(name)) is not None:
            rules.guard.check(name, url)
    if (directory := fields.get("provider_id")) is not None and _PATH_SEGMENT.fullmatch(directory) is None:
        raise Invalid.field("provider_id", "Can hold letters, digits, dots, hyphens and underscores.")
    for name, value in fields.items():
        if name == "client_secret":
            provider.client_secret_sealed = _sealed(provider, rules.sealer, value)
        else:
            setattr(provider, name, value)


def _sealed(provider: IdentityProvider, sealer: Sealer, secret: str | None) -> bytes | None:
    return None if secret is None else sealer.seal(secret.encode(), secret_purpose(provider))


async def _require_room(session: AsyncSession, tenant_id: UUID) -> None:
    """The list answers everything at once, so there is an end to it."""
    counted = select(func.count()).where(IdentityProvider.tenant_id == tenant_id)
    if (await session.execute(counted)).scalar_one() >= MAX_LIST:
        raise Conflict(f"A tenant can have at most {MAX_LIST:,} identity providers.", code="limit_reached")


def _emit(session: AsyncSession, principal: Principal, event: str, provider: IdentityProvider, **values: Any) -> None:
    OUTBOX.emit(
        session, principal, event, provider.tenant_id,
        resource_type="identity_provider", resource_id=provider.id, **values,
    )  # fmt: skip
