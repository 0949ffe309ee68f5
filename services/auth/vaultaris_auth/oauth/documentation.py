"""What the OpenAPI document says of the protocol endpoints, which read and write raw bodies."""

from typing import Any, Final

from pydantic import BaseModel

Responses = dict[int | str, dict[str, Any]]


class TokenResponse(BaseModel):
    """RFC 6749 section 5.1. ``expires_in`` in seconds."""

    access_token: str
    token_type: str
    expires_in: int
    scope: str
    refresh_token: str | None = None
    id_token: str | None = None
    issued_token_type: str | None = None


class DeviceAuthorizationResponse(BaseModel):
    """RFC 8628 section 3.2. ``expires_in`` and ``interval`` in seconds."""

    device_code: str
    user_code: str
    verification_uri: str
    verification_uri_complete: str
    expires_in: int
    interval: int


class IntrospectionResponse(BaseModel):
    """RFC 7662 section 2.2. Only ``active`` when the token is not live."""

    active: bool
    scope: str | None = None
    client_id: str | None = None
    username: str | None = None
    token_type: str | None = None
    exp: int | None = None
    iat: int | None = None
    sub: str | None = None
    aud: str | None = None
    iss: str | None = None
    jti: str | None = None
    tenant_id: str | None = None
    sid: str | None = None
    cnf: dict[str, str] | None = None
    act: dict[str, Any] | None = None


class UserinfoResponse(BaseModel):
    """OpenID Connect Core section 5.1; by scope."""

    sub: str
    tenant_id: str
    roles: list[str]
    groups: list[str]
    name: str | None = None
    given_name: str | None = None
    family_name: str | None = None
    preferred_username: str | None = None
    locale: str | None = None
    zoneinfo: str | None = None
    picture: str | None = None
    updated_at: int | None = None
    email: str | None = None
    email_verified: bool | None = None
    phone_number: str | None = None
    phone_number_verified: bool | None = None


class OAuthErrorResponse(BaseModel):
    """RFC 6749 section 5.2."""

    error: str
    error_description: str


_ERROR: Final = {"model": OAuthErrorResponse, "description": "The RFC's error code, and why."}
_CLIENT: Final = ("client_id", "client_secret", "client_assertion", "client_assertion_type")


def answers(model: type[BaseModel] | None = None) -> Responses:
    """200 with ``model``, or with nothing, and the errors."""
    fine: dict[str, Any] = {"description": "Done."} if model is None else {"model": model}
    return {200: fine, 400: _ERROR, 401: _ERROR, 503: _ERROR}


def form(*fields: str, required: tuple[str, ...]) -> dict[str, Any]:
    """A url-encoded body of strings; the client's credentials may always be among them."""
    properties = {name: {"type": "string"} for name in (*fields, *_CLIENT)}
    schema = {"type": "object", "properties": properties, "required": list(required)}
    return {"requestBody": {"required": True, "content": {"application/x-www-form-urlencoded": {"schema": schema}}}}


_AUTHORIZATION: Final = (
    "response_type", "client_id", "redirect_uri", "scope", "state", "code_challenge", "code_challenge_method", "nonce",
    "response_mode", "prompt", "max_age", "login_hint", "acr_values", "ui_locales", "id_token_hint", "dpop_jkt",
)  # fmt: skip
_COMPULSORY: Final = ("response_type", "client_id", "redirect_uri")


def authorization(*, in_body: bool) -> dict[str, Any]:
    """What an authorization request holds."""
    return browser_request(*_AUTHORIZATION, required=_COMPULSORY, in_body=in_body)


def browser_request(*names: str, required: tuple[str, ...] = (), in_body: bool = False) -> dict[str, Any]:
    """Parameters that a browser brings along, and that the answer is a redirect."""
    responses: Responses = {
        303: {"description": "On to the client, or to a hosted page."},
        400: {"description": "A page: the client or its address could not be verified."},
    }
    if in_body:
        properties = {name: {"type": "string"} for name in names}
        schema = {"type": "object", "properties": properties, "required": list(required)}
        body = {"required": True, "content": {"application/x-www-form-urlencoded": {"schema": schema}}}
        return {"responses": responses, "openapi_extra": {"requestBody": body}, "status_code": 303}
    parameters = [
        {"name": name, "in": "query", "required": name in required, "schema": {"type": "string"}} for name in names
    ]
    return {"responses": responses, "openapi_extra": {"parameters": parameters}, "status_code": 303}


class PushedResponse(BaseModel):
    """RFC 9126 section 2.2. ``expires_in`` in seconds."""

    request_uri: str
    expires_in: int


def pushed_authorization() -> dict[str, Any]:
    """The same parameters, with the client's credentials, and a reference for an answer."""
    responses: Responses = {201: {"model": PushedResponse}, 400: _ERROR, 401: _ERROR, 503: _ERROR}
    return {"responses": responses, "openapi_extra": form(*_AUTHORIZATION, required=_COMPULSORY), "status_code": 201}
