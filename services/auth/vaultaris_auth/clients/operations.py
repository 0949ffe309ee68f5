"""What happens to OAuth clients."""

import secrets
from typing import Any
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm.attributes import set_committed_value

from vaultaris_auth.application_links.placing import place_client
from vaultaris_auth.base import OUTBOX
from vaultaris_auth.clients.invariants import check_client, check_grantable, has_secret, opens_to_others, reach_of
from vaultaris_auth.clients.models import SECRET_PURPOSE, OAuthClient
from vaultaris_auth.clients.repository import ClientRepository
from vaultaris_auth.consents.operations import forget_consents
from vaultaris_auth.revocations.marks import Mark
from vaultaris_auth.revocations.operations import revoke
from vaultaris_auth.revocations.repository import Stored
from vaultaris_kit.crypto import Sealer, digest, new_secret
from vaultaris_kit.errors import Conflict
from vaultaris_kit.http.preconditions import check_version
from vaultaris_kit.ids import new_id
from vaultaris_kit.limits.capped import require_thawed
from vaultaris_kit.principal import Principal
from vaultaris_kit.rights import RightSet

_DEFAULTS: dict[str, Any] = {
    "redirect_uris": [],
    "post_logout_redirect_uris": [],
    "allowed_grant_types": ["authorization_code", "refresh_token"],
    "allowed_scopes": ["openid", "profile", "email"],
    "is_public": False,
    "is_enabled": True,
    "require_pkce": True,
    "require_consent": True,
    "dpop_bound_access_tokens": False,
    "free_metadata": {},
}


async def create_client(
    session: AsyncSession,
    principal: Principal,
    rights: RightSet,
    tenant_id: UUID,
    fields: dict[str, Any],
    *,
    sealer: Sealer,
) -> tuple[OAuthClient, str]:
    """Registers a client; returns it with its secret, which is empty for one that has none.

    ``rights`` are the caller's own; an ``application_id`` is known to be one. Raises :class:`Forbidden`,
    :class:`Invalid`, :class:`Conflict`.
    """
    fields = {**_DEFAULTS, **fields}
    application_id = fields.pop("application_id", None)
    fields.setdefault("default_scopes", ["openid"] if "openid" in fields["allowed_scopes"] else [])
    fields.setdefault("client_id", secrets.token_hex(16))
    client = OAuthClient(id=new_id(), tenant_id=tenant_id, **fields)
    set_committed_value(client, "application_id", None)  # a new one is in none; nothing to be looked up
    check_client(client)
    check_grantable(rights, reach_of(client))
    secret = _give_secret(client, sealer) if has_secret(client) else ""
    session.add(client)
    await _flush(session, client)
    await place_client(session, principal, client, application_id)
    _emit(session, principal, "client.created", client, new=describe(client))
    return client, secret


async def update_client(
    session: AsyncSession,
    principal: Principal,
    rights: RightSet,
    tenant_id: UUID,
    reference: str,
    *,
    changes: dict[str, Any],
    expected_version: int | None,
) -> tuple[OAuthClient, list[Stored]]:
    """Changes a client; returns it and the revocations to announce.

    Widening its reach asks for the rights that it gains; letting others act as the client for all that it has.
    Disabling it, narrowing its reach, or demanding that its tokens be bound, ends what it holds. Raises as
    :func:`create_client`, and :class:`NotFound`, :class:`PreconditionFailed`.
    """
    client = await ClientRepository(session, tenant_id).get_by_reference(reference, lock=True)
    check_version(client.version, expected_version)
    require_thawed(client)
    before, reach, was_enabled = describe(client), reach_of(client), client.is_enabled
    was_bound = client.dpop_bound_access_tokens
    application_id = changes.pop("application_id", client.application_id)
    for name, value in changes.items():
        setattr(client, name, value)
    if "default_scopes" not in changes:
        client.default_scopes = [scope for scope in client.default_scopes if scope in client.allowed_scopes]
    if not has_secret(client):
        client.secret_hash = None
    if client.token_endpoint_auth_method != "client_secret_jwt":  # noqa: S105 - the name of a method
        client.secret_sealed = None
    check_client(client)
    after = describe(client)
    check_grantable(rights, reach_of(client) - (set() if opens_to_others(before, after) else reach))
    await place_client(session, principal, client, application_id)
    await session.flush()
    _emit(session, principal, "client.updated", client, old=before, new=describe(client))
    if was_enabled and not client.is_enabled:
        return client, await _revoke_tokens(session, client, "client disabled")
    if reach - reach_of(client):
        return client, await _revoke_tokens(session, client, "client's rights narrowed", end_families=False)
    if client.dpop_bound_access_tokens and not was_bound:
        return client, await _revoke_tokens(session, client, "client's tokens must be bound", end_families=False)
    return client, []


async def delete_client(
    session: AsyncSession, principal: Principal, tenant_id: UUID, reference: str, *, expected_version: int | None
) -> tuple[str, list[Stored]]:
    """Withdraws a client and everything it was given; returns its ``client_id`` and the revocations to announce."""
    client = await ClientRepository(session, tenant_id).get_by_reference(reference, lock=True)
    check_version(client.version, expected_version)
    marks = await _revoke_tokens(session, client, "client deleted")
    await forget_consents(session, tenant_id, client_id=client.client_id)
    await session.delete(client)
    _emit(session, principal, "client.deleted", client, old=describe(client))
    return client.client_id, marks


async def replace_secret(
    session: AsyncSession, principal: Principal, rights: RightSet, tenant_id: UUID, reference: str, *, sealer: Sealer
) -> tuple[OAuthClient, str]:
    """Gives the client a new secret; the old one is dead at once.

    Who learns the secret gains the client's rights, so the caller must hold them all.
    """
    client = await ClientRepository(session, tenant_id).get_by_reference(reference, lock=True)
    require_thawed(client)
    if not has_secret(client):
        raise Conflict("A client that is public or has keys of its own has no secret.")
    check_grantable(rights, client.allowed_scopes)
    secret = _give_secret(client, sealer)
    await session.flush()
    _emit(session, principal, "client.secret_rotated", client)
    return client, secret


def describe(client: OAuthClient) -> dict[str, Any]:
    """The client as events tell it."""
    hidden = {
        "secret_hash", "secret_sealed", "created_at", "updated_at", "version", "freeze_reason", "frozen_at"
    }  # fmt: skip
    names = [column.key for column in OAuthClient.__mapper__.column_attrs if column.key not in hidden]
    return {name: str(value) if isinstance(value := getattr(client, name), UUID) else value for name in names}


def _give_secret(client: OAuthClient, sealer: Sealer) -> str:
    secret = new_secret("vcs_")
    client.secret_hash = digest(secret)
    keyed = client.token_endpoint_auth_method == "client_secret_jwt"  # noqa: S105 - the name of a method
    client.secret_sealed = sealer.seal(secret.encode(), SECRET_PURPOSE) if keyed else None
    return secret


async def _flush(session: AsyncSession, client: OAuthClient) -> None:
    try:
        await session.flush()
    except IntegrityError as clash:
        raise Conflict(f"The client_id {client.client_id} is taken.") from clash


async def _revoke_tokens(
    session: AsyncSession, client: OAuthClient, reason: str, *, end_families: bool = True
) -> list[Stored]:
    mark = Mark("client", client.client_id)
    return await revoke(session, client.tenant_id, [mark], reason, end_families=end_families)


def _emit(
    session: AsyncSession,
    principal: Principal,
    event: str,
    client: OAuthClient,
    *,
    old: dict[str, Any] | None = None,
    new: dict[str, Any] | None = None,
) -> None:
    OUTBOX.emit(
        session, principal, event, client.tenant_id, resource_type="client", resource_id=client.id,
        old=old, new=new, metadata={"client_id": client.client_id},
    )  # fmt: skip
