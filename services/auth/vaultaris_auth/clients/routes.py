"""Management of OAuth clients."""

import contextlib
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query, Request, Response

from vaultaris_auth.clients import operations
from vaultaris_auth.clients.changed import end_what_clients_held, tell_replicas
from vaultaris_auth.clients.models import OAuthClient
from vaultaris_auth.clients.registry import ClientRegistry
from vaultaris_auth.clients.repository import ClientRepository
from vaultaris_auth.clients.schemas import ClientFields, ClientOut, ClientWithSecret, CreateClient, UpdateClient
from vaultaris_auth.keys.keyring import Keyring
from vaultaris_auth.limits import CLIENTS
from vaultaris_kit.applications import Applications
from vaultaris_kit.errors import Forbidden, Invalid, NotFound
from vaultaris_kit.http.body import JsonRoute
from vaultaris_kit.http.dependencies import allow, runtime_of
from vaultaris_kit.http.envelopes import One, PageOf, Paging, one, page_of
from vaultaris_kit.http.preconditions import ExpectedVersion, set_etag
from vaultaris_kit.limits.following import stay_within
from vaultaris_kit.limits.keeper import LimitKeeper
from vaultaris_kit.principal import Principal
from vaultaris_kit.rights import RightSet

router = APIRouter(prefix="/api/v1/tenants/{tenant_id}/clients", tags=["oauth-clients"], route_class=JsonRoute)

Reference = Annotated[str, Path(alias="client_id", max_length=100, description="Row id or `client_id`.")]


@router.get("", operation_id="clients-list")
async def list_clients(
    request: Request,
    tenant_id: UUID,
    paging: Paging,
    _principal: Annotated[Principal, allow("clients:read")],
    is_enabled: Annotated[bool | None, Query()] = None,
    is_public: Annotated[bool | None, Query()] = None,
    application_id: Annotated[UUID | None, Query()] = None,
) -> PageOf[ClientOut]:
    """One page of the tenant's clients."""
    wanted = {"is_enabled": is_enabled, "is_public": is_public, "application_id": application_id}
    conditions = [getattr(OAuthClient, name) == value for name, value in wanted.items() if value is not None]
    async with runtime_of(request).database.tenant(tenant_id) as session:
        rows, total = await ClientRepository(session, tenant_id).page(paging, *conditions)
    return page_of(rows, total, paging, ClientOut.of)


@router.post("", operation_id="clients-create", status_code=201)
async def create_client(
    request: Request,
    response: Response,
    tenant_id: UUID,
    body: CreateClient,
    principal: Annotated[Principal, allow("clients:create")],
) -> One[ClientWithSecret]:
    """Registers a client. Its secret is shown here and nowhere else. An `application_id` needs `applications:link`."""
    runtime = runtime_of(request)
    rights = await runtime.access.rights_of(principal)
    await _check_place(request, rights, tenant_id, body, None)
    limits = (await runtime.access.tenant(tenant_id)).limits
    async with runtime.database.tenant(tenant_id) as session:
        client, secret = await operations.create_client(
            session, principal, rights, tenant_id, body.changes(), sealer=runtime.get(Keyring).sealer
        )
        await stay_within(session, CLIENTS, tenant_id, limits)
    runtime.get(ClientRegistry).forget(client.client_id)
    return _with_secret(response, client, secret)


@router.get("/{client_id}", operation_id="clients-get")
async def get_client(
    request: Request,
    response: Response,
    tenant_id: UUID,
    reference: Reference,
    _principal: Annotated[Principal, allow("clients:read")],
) -> One[ClientOut]:
    """One client, by row id or `client_id`."""
    async with runtime_of(request).database.tenant(tenant_id) as session:
        client = await ClientRepository(session, tenant_id).get_by_reference(reference)
    set_etag(response, client.version)
    return one(ClientOut.of(client))


@router.put("/{client_id}", operation_id="clients-update")
async def update_client(
    request: Request,
    response: Response,
    tenant_id: UUID,
    reference: Reference,
    body: UpdateClient,
    expected: ExpectedVersion,
    principal: Annotated[Principal, allow("clients:update")],
) -> One[ClientOut]:
    """Changes the fields that are sent. Another `application_id` needs `applications:link`."""
    runtime = runtime_of(request)
    rights = await runtime.access.rights_of(principal)
    await _check_place(request, rights, tenant_id, body, reference)
    async with runtime.database.tenant(tenant_id) as session:
        client, marks = await operations.update_client(
            session, principal, rights, tenant_id, reference, changes=body.changes(), expected_version=expected
        )
    await end_what_clients_held(runtime, tenant_id, [client.client_id], marks, end_families=not client.is_enabled)
    set_etag(response, client.version)
    return one(ClientOut.of(client))


@router.delete("/{client_id}", operation_id="clients-delete", status_code=204)
async def delete_client(
    request: Request,
    tenant_id: UUID,
    reference: Reference,
    expected: ExpectedVersion,
    principal: Annotated[Principal, allow("clients:delete")],
) -> None:
    """Withdraws a client; its tokens die with it."""
    runtime = runtime_of(request)
    async with runtime.database.tenant(tenant_id) as session:
        client_id, marks = await operations.delete_client(
            session, principal, tenant_id, reference, expected_version=expected
        )
    await end_what_clients_held(runtime, tenant_id, [client_id], marks, end_families=True)
    await runtime.get(LimitKeeper).fill(tenant_id, CLIENTS.resource)


@router.post("/{client_id}/secret", operation_id="clients-secret")
async def replace_secret(
    request: Request,
    response: Response,
    tenant_id: UUID,
    reference: Reference,
    principal: Annotated[Principal, allow("clients:rotate-secret")],
) -> One[ClientWithSecret]:
    """A new secret, shown here and nowhere else; the old one is dead at once."""
    runtime = runtime_of(request)
    rights = await runtime.access.rights_of(principal)
    async with runtime.database.tenant(tenant_id) as session:
        client, secret = await operations.replace_secret(
            session, principal, rights, tenant_id, reference, sealer=runtime.get(Keyring).sealer
        )
    await tell_replicas(runtime, [client.client_id])
    return _with_secret(response, client, secret)


async def _check_place(
    request: Request, rights: RightSet, tenant_id: UUID, body: ClientFields, reference: str | None
) -> None:
    """Which application a client belongs to decides who gets tokens through it. ``reference`` names the client as it
    is, None for a new one: neither what it leaves nor where it comes to may be frozen.
    """
    if "application_id" not in body.model_fields_set:
        return
    if "applications:link" not in rights:
        raise Forbidden("The right applications:link is needed for application_id.")
    applications = runtime_of(request).get(Applications)
    left = await _place_of(request, tenant_id, reference) if reference is not None else None
    if left == body.application_id:
        return
    if left is not None:
        with contextlib.suppress(NotFound):  # deleted: its links go too
            await applications.ask_to_change(tenant_id, left)
    if body.application_id is None:
        return
    try:
        await applications.ask_to_change(tenant_id, body.application_id)
    except NotFound as fault:
        message = "Names an application that is not here."
        raise Invalid.field("application_id", message, "unknown_application") from fault


async def _place_of(request: Request, tenant_id: UUID, reference: str) -> UUID | None:
    async with runtime_of(request).database.tenant(tenant_id) as session:
        return (await ClientRepository(session, tenant_id).get_by_reference(reference)).application_id


def _with_secret(response: Response, client: OAuthClient, secret: str) -> One[ClientWithSecret]:
    response.headers["Cache-Control"] = "no-store"
    set_etag(response, client.version)
    return one(ClientWithSecret(client=ClientOut.of(client), client_secret=secret))
