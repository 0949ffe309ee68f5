"""What every page of a tenant begins with."""

from fastapi import Request
from starlette.responses import Response

from vaultaris.directory.v1.directory_pb2 import Tenant
from vaultaris_auth.hosted.look import tenant_look
from vaultaris_auth.hosted.refusals import TenantClosed
from vaultaris_auth.hosted.tenants import HostedTenants
from vaultaris_kit.errors import NotFound
from vaultaris_kit.http.dependencies import runtime_of


async def open_tenant(request: Request) -> Tenant:
    """The tenant that the path names, whose look the page then has. Raises NotFound, TenantClosed, Unavailable."""
    tenant = await runtime_of(request).get(HostedTenants).find(request.path_params["slug"])
    request.state.look = tenant_look(request, tenant)
    if tenant.status != "active":
        raise TenantClosed
    return tenant


async def show_nothing(request: Request) -> Response:
    """Any other address below a tenant's. Raises NotFound, in the tenant's look."""
    await open_tenant(request)
    raise NotFound
