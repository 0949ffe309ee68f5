"""What hosted pages are made of, and the API behind anybody's own pages."""

from uuid import UUID

from fastapi import APIRouter, Request, Response

from vaultaris_auth.hosted.assets import find_asset
from vaultaris_auth.hosted.branding.theme import branding_of
from vaultaris_auth.hosted.config import HostedConfig, hosted_config
from vaultaris_auth.hosted.headers import STATIC
from vaultaris_auth.hosted.tenants import HostedTenants
from vaultaris_auth.identity_providers.repository import IdentityProviders
from vaultaris_kit.errors import NotFound
from vaultaris_kit.http.dependencies import runtime_of
from vaultaris_kit.http.envelopes import One, one

router = APIRouter(tags=["hosted"])

_STYLESHEET = "text/css; charset=utf-8"


@router.get("/api/v1/hosted/{slug}/config", operation_id="hosted-config")
async def get_config(request: Request, slug: str) -> One[HostedConfig]:
    """Branding and ways to sign in of an active tenant. Public."""
    runtime = runtime_of(request)
    tenant = await runtime.get(HostedTenants).find(slug)
    if tenant.status != "active":
        raise NotFound
    async with runtime.database.tenant(UUID(tenant.id)) as session:
        offered = await IdentityProviders(session, UUID(tenant.id)).offered()
    return one(hosted_config(tenant, offered))


@router.get("/hosted/assets/{name}", operation_id="hosted-asset", response_class=Response)
async def get_asset(name: str) -> Response:
    """The pages' stylesheet, script and icon, under names that change with their content."""
    asset = find_asset(name)
    if asset is None:
        raise NotFound
    return Response(asset.content, headers=STATIC, media_type=asset.media_type)


@router.get("/hosted/{slug}/theme/{version}.css", operation_id="hosted-theme", response_class=Response)
async def get_theme(request: Request, slug: str, version: str) -> Response:
    """A tenant's colours and custom CSS. Another version than the present one gets the present one, not to be kept."""
    branding = branding_of(await runtime_of(request).get(HostedTenants).find(slug))
    keep = STATIC if version == branding.version else {**STATIC, "Cache-Control": "no-store"}
    return Response(branding.stylesheet, headers=keep, media_type=_STYLESHEET)
