"""HTTP: the light user record for applications."""

from uuid import UUID

from fastapi import APIRouter, Request

from vaultaris_directory.effective.query import load_effective_with_metadata
from vaultaris_directory.integration.schemas import IntegrationUser, integration_user
from vaultaris_kit.http.body import JsonRoute
from vaultaris_kit.http.dependencies import allow, runtime_of
from vaultaris_kit.http.envelopes import One, one

router = APIRouter(prefix="/api/v1/tenants/{tenant_id}/integration", tags=["integration"], route_class=JsonRoute)


@router.get("/users/{user_id}", operation_id="integration-user", dependencies=[allow("integration:read")])
async def read_integration_user(
    request: Request,
    tenant_id: UUID,
    user_id: UUID,
) -> One[IntegrationUser]:
    """A user with roles, groups and effective permissions, read in one query."""
    effective, metadata = await load_effective_with_metadata(runtime_of(request).database, tenant_id, user_id)
    return one(integration_user(effective, metadata))
