"""``POST /oauth/device_authorization`` (RFC 8628 section 3.1)."""

from typing import Final

from fastapi import Request, Response

from vaultaris_auth.device_authorizations.codes import UserCodes
from vaultaris_auth.device_authorizations.operations import INTERVAL_SECONDS, LIFETIME, start
from vaultaris_auth.oauth.client_authentication.method import Presented
from vaultaris_auth.oauth.endpoint import protocol, raw
from vaultaris_auth.oauth.form import read_form
from vaultaris_auth.oauth.token.check_grant_allowed import check_grant_allowed
from vaultaris_auth.oauth.token.check_scope import check_scope
from vaultaris_auth.oauth.token.check_tenant import check_tenant
from vaultaris_auth.oauth.token.find_client import find_client
from vaultaris_auth.oauth.token.grants.device_code import DeviceCode, refuse_resource
from vaultaris_auth.oauth.token.request import TokenRequest
from vaultaris_kit.http.dependencies import runtime_of, target_of

STEPS: Final = (find_client, check_grant_allowed, check_tenant)


@protocol
async def device_authorization(request: Request) -> Response:
    """Gives a device a code to poll with and one to show. The client must be allowed the device grant."""
    runtime, form = runtime_of(request), await read_form(request)
    asked = TokenRequest(runtime, Presented(form, request.headers.get("authorization", "")), target_of(request))
    asked.handler = DeviceCode()
    for step in STEPS:
        await step(asked)
    client = asked.client
    refuse_resource(form)
    scope = check_scope(form, client.allowed_scopes, client.default_scopes)
    async with runtime.database.tenant(client.tenant_id) as session:
        started = await start(session, client, scope, codes=runtime.get(UserCodes))
    page = verification_uri(runtime.settings.external_url, asked.tenant.slug)
    return raw({
        "device_code": started.device_code, "user_code": started.user_code,
        "verification_uri": page, "verification_uri_complete": f"{page}?user_code={started.user_code}",
        "expires_in": int(LIFETIME.total_seconds()), "interval": INTERVAL_SECONDS,
    })  # fmt: skip


def verification_uri(base: str, slug: str) -> str:
    """The page on which people of a tenant type user codes."""
    return f"{base}/hosted/{slug}/device"
