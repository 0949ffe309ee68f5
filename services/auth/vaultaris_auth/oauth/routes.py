"""The protocol's paths."""

from fastapi import APIRouter

from vaultaris_auth.authorization_requests.response import FORM_POST_SCRIPT
from vaultaris_auth.oauth.authorize.endpoint import authorize, form_post_script, to_consent_page
from vaultaris_auth.oauth.device_authorization import device_authorization
from vaultaris_auth.oauth.documentation import (
    DeviceAuthorizationResponse,
    IntrospectionResponse,
    TokenResponse,
    UserinfoResponse,
    answers,
    authorization,
    browser_request,
    form,
    pushed_authorization,
)
from vaultaris_auth.oauth.introspect import introspect
from vaultaris_auth.oauth.logout.endpoint import logout
from vaultaris_auth.oauth.par.endpoint import push
from vaultaris_auth.oauth.revoke import revoke
from vaultaris_auth.oauth.token.endpoint import token
from vaultaris_auth.oauth.userinfo.endpoint import userinfo
from vaultaris_kit.http.lean import LeanRoute

router = APIRouter(prefix="/oauth", tags=["oauth"], route_class=LeanRoute)

router.add_api_route(
    "/token", token, methods=["POST"], operation_id="oauth-token", responses=answers(TokenResponse),
    openapi_extra=form(
        "grant_type", "scope", "username", "password", "refresh_token", "device_code", "subject_token",
        "subject_token_type", "actor_token", "actor_token_type", "audience", "requested_token_type",
        required=("grant_type",),
    ),
)  # fmt: skip
router.add_api_route(
    "/device_authorization", device_authorization, methods=["POST"], operation_id="oauth-device-authorization",
    responses=answers(DeviceAuthorizationResponse), openapi_extra=form("scope", required=()),
)  # fmt: skip
router.add_api_route(
    "/revoke", revoke, methods=["POST"], operation_id="oauth-revoke", responses=answers(),
    openapi_extra=form("token", "token_type_hint", required=("token",)),
)  # fmt: skip
router.add_api_route(
    "/introspect", introspect, methods=["POST"], operation_id="oauth-introspect",
    responses=answers(IntrospectionResponse),
    openapi_extra=form("token", "token_type_hint", required=("token",)),
)  # fmt: skip
_USERINFO = {"responses": answers(UserinfoResponse), "openapi_extra": {"security": [{"bearer": []}]}}
router.add_api_route("/userinfo", userinfo, methods=["GET"], operation_id="oauth-userinfo", **_USERINFO)  # type: ignore[arg-type]  # shared keywords
router.add_api_route("/userinfo", userinfo, methods=["POST"], operation_id="oauth-userinfo-post", **_USERINFO)  # type: ignore[arg-type]  # as above
router.add_api_route(
    "/authorize", authorize, methods=["GET"], operation_id="oauth-authorize", **authorization(in_body=False)
)
router.add_api_route(
    "/authorize", authorize, methods=["POST"], operation_id="oauth-authorize-post", **authorization(in_body=True)
)
router.add_api_route(
    FORM_POST_SCRIPT.removeprefix("/oauth"), form_post_script, methods=["GET"], include_in_schema=False
)

router.add_api_route("/par", push, methods=["POST"], operation_id="oauth-par", **pushed_authorization())

_LOGOUT = ("id_token_hint", "client_id", "post_logout_redirect_uri", "state", "ui_locales")
router.add_api_route("/logout", logout, methods=["GET"], operation_id="oauth-logout", **browser_request(*_LOGOUT))
router.add_api_route(
    "/logout", logout, methods=["POST"], operation_id="oauth-logout-post", **browser_request(*_LOGOUT, in_body=True)
)

pages = APIRouter(tags=["oauth"], include_in_schema=False)
pages.add_route("/consent/{request_id}", to_consent_page, methods=["GET"])
