"""Auth's part of templates: OAuth clients and identity providers, without their secrets, and their links."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from vaultaris_auth.application_links.kinds import CLIENTS, IDENTITY_PROVIDERS
from vaultaris_auth.clients.changed import end_what_clients_held
from vaultaris_auth.clients.models import OAuthClient
from vaultaris_auth.clients.operations import create_client, update_client
from vaultaris_auth.clients.schemas import ClientOut, CreateClient, UpdateClient
from vaultaris_auth.identity_providers.models import IdentityProvider
from vaultaris_auth.identity_providers.operations import Rules, create_provider, update_provider
from vaultaris_auth.identity_providers.schemas import CreateIdentityProvider
from vaultaris_auth.keys.keyring import Keyring
from vaultaris_auth.tenants.operations import CONSOLE_CLIENT_ID
from vaultaris_kit.application_links.templates import LINKS, exported_links, put_links
from vaultaris_kit.configuration import Items, Outcome, Section, afterwards, call_it
from vaultaris_kit.errors import Conflict
from vaultaris_kit.principal import Principal
from vaultaris_kit.rights import EVERY_RIGHT, RightSet
from vaultaris_kit.service import Runtime

_EVERYTHING = RightSet((EVERY_RIGHT,))
"""The directory lets only those import who hold every right."""

_CHANGED = "changed_clients"
_NOT_CARRIED = {"id", "tenant_id", "client_type", "application_id", "created_at", "updated_at"}
_PROVIDER_FIELDS = tuple(
    name for name in CreateIdentityProvider.model_fields if name != "client_secret" and not name.endswith("certificate")
)


def sections(runtime: Runtime) -> list[Section]:
    """Clients and identity providers."""

    async def put_client(session: AsyncSession, principal: Principal, tenant_id: UUID, item: dict[str, Any]) -> Outcome:
        return await _put_client(runtime, session, principal, tenant_id, item)

    async def put_provider(
        session: AsyncSession, principal: Principal, tenant_id: UUID, item: dict[str, Any]
    ) -> Outcome:
        return await _put_provider(session, principal, runtime.get(Rules), tenant_id, item)

    return [
        Section("clients", _clients, put_client, ids=_client_ids),
        Section("identity_providers", _providers, put_provider, ids=_provider_ids),
    ]


async def _clients(session: AsyncSession, tenant_id: UUID) -> Items:
    links = await exported_links(session, CLIENTS, tenant_id)
    rows = await session.execute(
        select(OAuthClient)
        .where(OAuthClient.tenant_id == tenant_id, OAuthClient.client_id != CONSOLE_CLIENT_ID)
        .order_by(OAuthClient.name, OAuthClient.client_id)
    )
    return [
        {**ClientOut.of(client).model_dump(mode="json", exclude=_NOT_CARRIED), LINKS: links.get(client.id, [])}
        for client in rows.scalars()
    ]


async def _providers(session: AsyncSession, tenant_id: UUID) -> Items:
    """What the tenant has set; what a preset brings is not repeated."""
    links = await exported_links(session, IDENTITY_PROVIDERS, tenant_id)
    rows = await session.execute(
        select(IdentityProvider).where(IdentityProvider.tenant_id == tenant_id).order_by(IdentityProvider.name)
    )
    return [
        {**{name: getattr(provider, name) for name in _PROVIDER_FIELDS}, LINKS: links.get(provider.id, [])}
        for provider in rows.scalars()
    ]


async def _client_ids(session: AsyncSession, tenant_id: UUID) -> Mapping[str, UUID]:
    rows = await session.execute(
        select(OAuthClient.client_id, OAuthClient.id).where(OAuthClient.tenant_id == tenant_id)
    )
    return {row[0]: row[1] for row in rows}


async def _provider_ids(session: AsyncSession, tenant_id: UUID) -> Mapping[str, UUID]:
    rows = await session.execute(
        select(IdentityProvider.name, IdentityProvider.id).where(IdentityProvider.tenant_id == tenant_id)
    )
    return {row[0]: row[1] for row in rows}


async def _put_client(
    runtime: Runtime, session: AsyncSession, principal: Principal, tenant_id: UUID, item: dict[str, Any]
) -> Outcome:
    fields = {**CreateClient.model_validate(item).changes(), "is_enabled": _enabled(item)}
    fields.pop("application_id", None)  # an id from who knows where; links are named
    known = await _known_client(session, tenant_id, fields)
    client = known or await _create_client(runtime, session, principal, tenant_id, fields)
    call_it(session, "clients", fields.pop("client_id", client.client_id), client.id)
    changes = {name: value for name, value in fields.items() if getattr(client, name) != value}
    if known is not None and changes:
        _, marks = await update_client(
            session, principal, _EVERYTHING, tenant_id, str(known.id), changes=changes, expected_version=None
        )
        if marks:
            changed, enabled = [client.client_id], client.is_enabled
            afterwards(
                session,
                lambda: end_what_clients_held(runtime, tenant_id, changed, marks, end_families=not enabled),
            )  # fmt: skip
    linked = await put_links(session, principal, CLIENTS, tenant_id=tenant_id, resource_id=client.id, item=item)
    if known is not None and not changes and not linked:
        return "skipped"
    _forget_afterwards(runtime, session, client.id)
    return "created" if known is None else "updated"


def _forget_afterwards(runtime: Runtime, session: AsyncSession, row_id: UUID) -> None:
    """Has what is held in memory of the clients forgotten, of all of them at once."""
    changed = session.info.setdefault(_CHANGED, [])
    if not changed:
        afterwards(session, lambda: CLIENTS.changed(runtime, changed))
    changed.append(row_id)


def _enabled(item: dict[str, Any]) -> bool:
    return UpdateClient.model_validate({"is_enabled": item.get("is_enabled")}).is_enabled is not False


async def _known_client(session: AsyncSession, tenant_id: UUID, fields: dict[str, Any]) -> OAuthClient | None:
    """The tenant's client of that ``client_id`` or else, when just one has it, of that name."""
    rows = await session.execute(select(OAuthClient).where(OAuthClient.tenant_id == tenant_id).with_for_update())
    clients = rows.scalars().all()
    same = next((client for client in clients if client.client_id == fields.get("client_id")), None)
    named = [client for client in clients if client.name == fields["name"]]
    return same or (named[0] if len(named) == 1 else None)


async def _create_client(
    runtime: Runtime, session: AsyncSession, principal: Principal, tenant_id: UUID, fields: dict[str, Any]
) -> OAuthClient:
    """A ``client_id`` is unique in the instance: where another tenant has it, this one gets a new one."""
    sealer = runtime.get(Keyring).sealer
    try:
        async with session.begin_nested():
            client, _secret = await create_client(session, principal, _EVERYTHING, tenant_id, fields, sealer=sealer)
    except Conflict:
        without = {name: value for name, value in fields.items() if name != "client_id"}
        client, _secret = await create_client(session, principal, _EVERYTHING, tenant_id, without, sealer=sealer)
    return client


async def _put_provider(
    session: AsyncSession, principal: Principal, rules: Rules, tenant_id: UUID, item: dict[str, Any]
) -> Outcome:
    allowed = {name: value for name, value in item.items() if name in _PROVIDER_FIELDS}
    fields = CreateIdentityProvider.model_validate(allowed).changes()
    known = (
        await session.execute(select(IdentityProvider).filter_by(tenant_id=tenant_id, name=fields["name"]))
    ).scalar_one_or_none()
    provider = known or await create_provider(session, principal, rules, tenant_id=tenant_id, fields=fields)
    changes = {name: value for name, value in fields.items() if getattr(provider, name) != value}
    if known is not None and changes:
        await update_provider(
            session, principal, rules, tenant_id=tenant_id, provider_id=known.id, changes=changes, expected=None
        )
    linked = await put_links(
        session, principal, IDENTITY_PROVIDERS, tenant_id=tenant_id, resource_id=provider.id, item=item
    )
    return "created" if known is None else "updated" if changes or linked else "skipped"
