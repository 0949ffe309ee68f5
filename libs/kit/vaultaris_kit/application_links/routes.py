"""HTTP: links between an application and what exists, the same for every kind."""

from collections.abc import Collection
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from vaultaris_kit.application_links import operations
from vaultaris_kit.application_links.kinds import Kind
from vaultaris_kit.application_links.schemas import MAX_AT_ONCE, LinkBody, LinkOptions, UnlinkBody
from vaultaris_kit.errors import Invalid
from vaultaris_kit.http.body import JsonRoute
from vaultaris_kit.http.dependencies import allow, runtime_of
from vaultaris_kit.principal import Principal

PREFIX = "/api/v1/tenants/{tenant_id}/applications/{application_id}"

Linker = Annotated[Principal, allow("applications:link")]


def link_router(kind: Kind, alias: str | None = None) -> APIRouter:
    """A router with the rows that link and unlink; those that list and create differ by kind.

    ``alias`` stands in paths and operation ids instead of the kind's plural.
    """
    plural = alias or kind.plural
    router = APIRouter(prefix=f"{PREFIX}/{plural}", tags=["applications"], route_class=JsonRoute)

    @router.delete("", operation_id=f"app-{plural}-unlink-many", status_code=204)
    async def unlink_many(
        request: Request,
        tenant_id: UUID,
        application_id: UUID,
        principal: Linker,
        resource_id: Annotated[list[UUID] | None, Query(max_length=MAX_AT_ONCE)] = None,
        body: UnlinkBody | None = None,
    ) -> None:
        """Names what to unlink in the query or in the body. What was linked stays in the tenant."""
        named = {*(resource_id or ()), *(body.resource_ids if body else ())}
        if not named:
            raise Invalid.field("resource_ids", "Name at least one.", "missing")
        await _unlink(request, principal, kind, tenant_id, application_id, named)

    @router.post("/link/{resource_id}", operation_id=f"app-{plural}-link", status_code=204)
    async def link(
        request: Request,
        tenant_id: UUID,
        application_id: UUID,
        resource_id: UUID,
        principal: Linker,
        body: LinkOptions | None = None,
    ) -> None:
        wanted = LinkBody(resource_id=resource_id, is_inherited=bool(body and body.is_inherited))
        await link_existing(request, principal, kind, tenant_id, application_id, wanted)

    @router.delete("/link/{resource_id}", operation_id=f"app-{plural}-unlink", status_code=204)
    async def unlink(
        request: Request,
        tenant_id: UUID,
        application_id: UUID,
        resource_id: UUID,
        principal: Linker,
    ) -> None:
        """What was linked stays in the tenant."""
        await _unlink(request, principal, kind, tenant_id, application_id, [resource_id])

    return router


async def link_existing(
    request: Request, principal: Principal, kind: Kind, tenant_id: UUID, application_id: UUID, wanted: LinkBody
) -> Response:
    """Links and answers 204."""
    runtime = runtime_of(request)
    async with kind.opening(runtime, tenant_id, application_id, to_change=True) as session:
        await operations.link_resource(
            session, principal, kind,
            tenant_id=tenant_id, application_id=application_id,
            resource_id=wanted.resource_id, is_inherited=wanted.is_inherited,
        )  # fmt: skip
    await kind.changed(runtime, [wanted.resource_id])
    return Response(status_code=204)


async def _unlink(
    request: Request,
    principal: Principal,
    kind: Kind,
    tenant_id: UUID,
    application_id: UUID,
    resource_ids: Collection[UUID],
) -> None:
    runtime = runtime_of(request)
    async with kind.opening(runtime, tenant_id, application_id, to_change=True) as session:
        await operations.unlink_resources(
            session, principal, kind, tenant_id=tenant_id, application_id=application_id, resource_ids=resource_ids
        )
    await kind.changed(runtime, resource_ids)
