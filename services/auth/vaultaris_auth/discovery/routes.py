"""``/.well-known``: public, small, and cacheable."""

import hashlib

import msgspec
from fastapi import APIRouter, Request, Response

from vaultaris_auth.discovery.metadata import openid_configuration
from vaultaris_auth.keys.keyring import Keyring
from vaultaris_kit.http.dependencies import runtime_of
from vaultaris_kit.http.lean import LeanRoute

router = APIRouter(prefix="/.well-known", tags=["discovery"], route_class=LeanRoute)

_CACHE = "public, max-age=60, must-revalidate"
"""Short, because a rotated key signs at once; asking again costs next to nothing."""
_NOT_MODIFIED = 304


@router.get("/openid-configuration", operation_id="oidc-discovery")
async def get_configuration(request: Request) -> Response:
    """OpenID Provider metadata."""
    settings = runtime_of(request).settings
    return _cacheable(request, msgspec.json.encode(openid_configuration(settings.issuer, settings.external_url)))


@router.get("/oauth-authorization-server", operation_id="oauth-metadata")
async def get_metadata(request: Request) -> Response:
    """Authorization server metadata (RFC 8414): the same document, where plain OAuth clients look for it."""
    return await get_configuration(request)


@router.get("/jwks.json", operation_id="jwks")
async def get_keys(request: Request) -> Response:
    """The public signing keys of all tenants: those in use, and those that still verify (RFC 7517)."""
    return _cacheable(request, await runtime_of(request).get(Keyring).jwks())


def _cacheable(request: Request, body: bytes) -> Response:
    tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    headers = {"Cache-Control": _CACHE, "ETag": tag}
    known = {each.strip().removeprefix("W/") for each in request.headers.get("if-none-match", "").split(",")}
    if tag in known or "*" in known:
        return Response(status_code=_NOT_MODIFIED, headers=headers)
    return Response(body, headers=headers, media_type="application/json")
