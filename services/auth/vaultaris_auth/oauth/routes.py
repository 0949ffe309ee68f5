"""The protocol's paths."""

from fastapi import APIRouter

from vaultaris_auth.oauth.documentation import (
    IntrospectionResponse,
    TokenResponse,
    UserinfoResponse,
    answers,
    form,
)
from vaultaris_auth.oauth.introspect import introspect
from vaultaris_auth.oauth.revoke import revoke
from vaultaris_auth.oauth.token.endpoint import token
from vaultaris_auth.oauth.userinfo.endpoint import userinfo
from vaultaris_kit.http.lean import LeanRoute

router = APIRouter(prefix="/oauth", tags=["oauth"], route_class=LeanRoute)

router.add_api_route(
    "/token", token, methods=["POST"], operation_id="oauth-token", responses=answers(TokenResponse),
    openapi_extra=form("grant_type", "scope", "username", "password", "refresh_token", required=("grant_type",)),
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
