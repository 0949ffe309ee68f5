"""The cookie that holds a browser session's secret: one per tenant, so that tenants never share a sign-in.

``__Host-`` makes browsers refuse it unless it came over https, for this host alone and for every path
(RFC 6265bis section 4.1.3.2). Only where the external address is plain http, which is for development on
loopback, does it go without: no browser would keep it otherwise.
"""

import re
from typing import Final
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from vaultaris_kit.settings import Settings

_PREFIX: Final = "__Host-"
_MAX_CHARS: Final = 100
_MAX_TENANTS: Final = 10
_HEX: Final = re.compile(r"[0-9a-f]{32}")


def cookie_name(settings: Settings, tenant_id: UUID) -> str:
    """The name of a tenant's cookie."""
    return f"{_PREFIX if _is_secure(settings) else ''}vaultaris-{tenant_id.hex}"


def tenants_of(request: Request, settings: Settings) -> list[UUID]:
    """The tenants that this browser has a cookie of, good or bad; at most ten."""
    prefix = cookie_name(settings, UUID(int=0)).removesuffix(UUID(int=0).hex)
    names = [name.removeprefix(prefix) for name in request.cookies if name.startswith(prefix)]
    return [UUID(hex=name) for name in names if _HEX.fullmatch(name)][:_MAX_TENANTS]


def read_secret(request: Request, settings: Settings, tenant_id: UUID) -> str | None:
    """The secret that the browser sent, if it could be one."""
    value = request.cookies.get(cookie_name(settings, tenant_id))
    return value if value and len(value) <= _MAX_CHARS else None


def set_cookie(response: Response, settings: Settings, tenant_id: UUID, secret: str) -> None:
    """Hands the secret to the browser, until it is closed; how long it is good for is ours to say."""
    response.set_cookie(
        cookie_name(settings, tenant_id), secret,
        path="/", secure=_is_secure(settings), httponly=True, samesite="lax",
    )  # fmt: skip


def clear_cookie(response: Response, settings: Settings, tenant_id: UUID) -> None:
    """Has the browser forget it."""
    response.delete_cookie(
        cookie_name(settings, tenant_id), path="/", secure=_is_secure(settings), httponly=True, samesite="lax"
    )


def _is_secure(settings: Settings) -> bool:
    return settings.external_url.startswith("https://")
