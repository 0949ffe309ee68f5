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
_CLIENT: Final = ("client_id", "client_secret")


def answers(model: type[BaseModel] | None = None) -> Responses:
    """200 with ``model``, or with nothing, and the errors."""
    fine: dict[str, Any] = {"description": "Done."} if model is None else {"model": model}
    return {200: fine, 400: _ERROR, 401: _ERROR, 503: _ERROR}


def form(*fields: str, required: tuple[str, ...]) -> dict[str, Any]:
    """A url-encoded body of strings; the client's credentials may always be among them."""
    properties = {name: {"type": "string"} for name in (*fields, *_CLIENT)}
    schema = {"type": "object", "properties": properties, "required": list(required)}
    return {"requestBody": {"required": True, "content": {"application/x-www-form-urlencoded": {"schema": schema}}}}
