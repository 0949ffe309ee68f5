"""``GET`` and ``POST /oauth/userinfo``."""

from fastapi import Request, Response

from vaultaris_auth.oauth.endpoint import protocol, raw
from vaultaris_auth.oauth.errors import InsufficientScope, InvalidRequest, InvalidToken
from vaultaris_auth.oauth.form import has_form, read_form
from vaultaris_auth.oauth.userinfo.claims import userinfo_claims
from vaultaris_kit.authn import has_credential
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
        in_form = await _token_in_form(request)
        if in_form is not None:
            return await runtime.authenticator.verify_bearer(in_form)
        return await runtime.authenticator.authenticate(request.headers, target_of(request))
    except Unauthorized as refusal:
        raise InvalidToken(
            refusal.message, headers=refusal.headers or _told('Bearer error="invalid_token"')
        ) from refusal


async def _token_in_form(request: Request) -> str | None:
    """The form field ``access_token``. Raises :class:`InvalidRequest` when the header holds a credential as well."""
    if request.method != "POST" or not has_form(request):
        return None
    token = (await read_form(request)).get("access_token")
    if token is not None and has_credential(request.headers):
        raise InvalidRequest(
            "The access token must come in one way only.", headers=_told('Bearer error="invalid_request"')
        )
    return token


def _invalid() -> InvalidToken:
    return InvalidToken(headers=_told('Bearer error="invalid_token"'))


def _told(challenge: str) -> dict[str, str]:
    return {"WWW-Authenticate": challenge}
