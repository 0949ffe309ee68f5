"""``GET`` and ``POST /oauth/userinfo``."""

from fastapi import Request, Response

from vaultaris_auth.oauth.endpoint import protocol, raw
from vaultaris_auth.oauth.errors import InsufficientScope, InvalidToken
from vaultaris_auth.oauth.form import read_form
from vaultaris_auth.oauth.userinfo.claims import userinfo_claims
from vaultaris_kit.errors import NotFound, Unauthorized
from vaultaris_kit.http.dependencies import runtime_of, target_of
from vaultaris_kit.principal import Principal
from vaultaris_kit.service import Runtime


@protocol
async def userinfo(request: Request) -> Response:
    """The claims of the person behind the access token, as far as its scope reaches.

    The token comes in the Authorization header or, in a POST, as the form field ``access_token``
    (RFC 6750 section 2). 401, and 403 when no person stands behind it or it lacks ``openid``.
    """
    runtime = runtime_of(request)
    principal = await _holder(runtime, request)
    if not principal.is_person or "openid" not in principal.scopes:
        challenge = 'Bearer error="insufficient_scope", scope="openid"'
        raise InsufficientScope("A person's token with the scope openid is needed.", headers=_told(challenge))
    try:
        effective = await runtime.access.of_user(principal.tenant_id, principal.id)
    except NotFound as gone:
        raise _invalid() from gone
    if not effective.active:
        raise _invalid()
    return raw(userinfo_claims(effective.answer, principal.scopes))


async def _holder(runtime: Runtime, request: Request) -> Principal:
    try:
        if request.method == "POST" and "authorization" not in request.headers:
            form = await read_form(request)
            return await runtime.authenticator.verify_bearer(form.get("access_token", ""))
        return await runtime.authenticator.authenticate(request.headers, target_of(request))
    except Unauthorized as refusal:
        raise InvalidToken(
            refusal.message, headers=refusal.headers or _told('Bearer error="invalid_token"')
        ) from refusal


def _invalid() -> InvalidToken:
    return InvalidToken(headers=_told('Bearer error="invalid_token"'))


def _told(challenge: str) -> dict[str, str]:
    return {"WWW-Authenticate": challenge}
