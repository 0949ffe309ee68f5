"""HTTP shapes of OAuth clients."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, Field, StringConstraints

from vaultaris_auth.clients.key_sets import problem_of_key_set
from vaultaris_auth.clients.models import OAuthClient
from vaultaris_auth.clients.redirect_uris import MAX_CHARS, problem_of
from vaultaris_auth.revocations.marks import CLIENT_ID
from vaultaris_kit.http.envelopes import RequestBody
from vaultaris_kit.http.fields import Description, JsonObject, Label, Url

GrantType = Literal[
    "authorization_code",
    "client_credentials",
    "password",
    "refresh_token",
    "urn:ietf:params:oauth:grant-type:device_code",
    "urn:ietf:params:oauth:grant-type:token-exchange",
]
AuthMethod = Literal["client_secret_basic", "client_secret_post", "client_secret_jwt", "private_key_jwt", "none"]
AuthAlgorithm = Literal["ES256", "EdDSA", "RS256", "PS256", "HS256"]
SigningAlgorithm = Literal["ES256", "EdDSA", "RS256"]

_YEAR = 366 * 86_400


def _checked_redirect(uri: str) -> str:
    problem = problem_of(uri)
    if problem:
        raise ValueError(problem)
    return uri


def _checked_server(uri: str) -> str:
    problem = problem_of(uri) if uri.partition("://")[0] in ("http", "https") else "Must be an https address."
    if problem:
        raise ValueError(problem)
    return uri


def _checked_key_set(key_set: dict[str, Any]) -> dict[str, Any]:
    problem = problem_of_key_set(key_set)
    if problem:
        raise ValueError(problem)
    return key_set


def _distinct(values: list[str]) -> list[str]:
    return list(dict.fromkeys(values))


RedirectUri = Annotated[str, Field(max_length=MAX_CHARS), AfterValidator(_checked_redirect)]
Redirects = Annotated[list[RedirectUri], Field(max_length=50), AfterValidator(_distinct)]
Scope = Annotated[str, StringConstraints(pattern=r"^[\x21\x23-\x5B\x5D-\x7E]{1,200}$")]
Scopes = Annotated[list[Scope], Field(max_length=300), AfterValidator(_distinct)]
GrantTypes = Annotated[list[GrantType], Field(max_length=20), AfterValidator(_distinct)]
ServerUri = Annotated[str, Field(max_length=MAX_CHARS), AfterValidator(_checked_server)]
"""An address that this server calls; it is checked once more, by what it resolves to, at every call."""
Resource = Annotated[
    str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9+.-]*:[\x21\x22\x24-\x7E]+$", max_length=MAX_CHARS)
]
"""An absolute URI without fragment (RFC 8707 section 2); it names a server, and is never called."""
Resources = Annotated[list[Resource], Field(max_length=50), AfterValidator(_distinct)]
KeySet = Annotated[dict[str, Any], AfterValidator(_checked_key_set)]
ClientId = Annotated[str, StringConstraints(pattern=f"^{CLIENT_ID.pattern}$", max_length=100)]
ClientIds = Annotated[list[ClientId], Field(max_length=50), AfterValidator(_distinct)]
ExchangeModes = Annotated[
    list[Literal["delegation", "impersonation"]], Field(min_length=1, max_length=2), AfterValidator(_distinct)
]
ClientName = Annotated[Label, Field(min_length=1)]


class TokenExchangePolicy(RequestBody):
    """What a client may exchange (RFC 8693): whose tokens, into tokens for whom, and in whose name.

    `subject_clients`: clients whose tokens it may present beside its own. `audiences`: clients that the new token may
    be for. `delegation` names the actor in the new token (`act`), `impersonation` does not. All within the tenant.
    """

    subject_clients: ClientIds = Field(default_factory=list)
    audiences: ClientIds = Field(default_factory=list)
    modes: ExchangeModes = Field(default=["delegation"])


class ClientFields(RequestBody):
    """What may be sent on create and on update; null clears a nullable field, else it means "not sent"."""

    description: Description | None = None
    logo_url: Url | None = None
    homepage_url: Url | None = None
    terms_url: Url | None = None
    privacy_url: Url | None = None
    is_public: bool | None = None
    client_type: Literal["public", "confidential"] | None = Field(None, description="The same as `is_public`.")
    allowed_grant_types: GrantTypes | None = None
    allowed_scopes: Scopes | None = None
    default_scopes: Scopes | None = None
    allowed_resources: Resources | None = Field(
        None, description="Resource servers that it may ask tokens for, one at a time (RFC 8707)."
    )
    require_pkce: bool | None = None
    require_consent: bool | None = None
    access_token_lifetime_seconds: Annotated[int, Field(ge=1, le=86_400)] | None = None
    refresh_token_lifetime_seconds: Annotated[int, Field(ge=1, le=_YEAR)] | None = None
    require_pushed_authorization_requests: bool | None = None
    dpop_bound_access_tokens: bool | None = None
    require_dpop_nonce: bool | None = Field(None, description="Proofs must carry a nonce that this server gave.")
    post_logout_redirect_uris: Redirects | None = None
    backchannel_logout_uri: ServerUri | None = None
    backchannel_logout_session_required: bool | None = None
    token_endpoint_auth_method: AuthMethod | None = Field(
        None,
        description="The only method that the client may use; null: its secret, in the form or as Basic. A client "
        "that changes to `client_secret_jwt` needs a new secret, because only a hash is kept of the old one.",
    )
    token_endpoint_auth_signing_alg: AuthAlgorithm | None = None
    jwks: KeySet | None = None
    jwks_uri: ServerUri | None = None
    id_token_signed_response_alg: SigningAlgorithm | None = None
    introspection_signed_response_alg: SigningAlgorithm | None = None
    token_exchange: TokenExchangePolicy | None = None
    application_id: UUID | None = None
    metadata: JsonObject | None = None

    def changes(self) -> dict[str, Any]:
        """The columns to set."""
        sent = {name: getattr(self, name) for name in self.model_fields_set}
        kind = sent.pop("client_type", None)
        if kind is not None and sent.get("is_public") is None:
            sent["is_public"] = kind == "public"
        if "metadata" in sent:
            sent["free_metadata"] = sent.pop("metadata")
        if self.token_exchange is not None:
            sent["token_exchange"] = self.token_exchange.model_dump()
        return {name: value for name, value in sent.items() if value is not None or name in _NULLABLE}


_NULLABLE = {"application_id"} | {
    column.key
    for column in OAuthClient.__table__.columns
    if column.nullable and column.key not in ("secret_hash", "secret_sealed")
}


class CreateClient(ClientFields):
    """A client to register; ``client_id`` is made up when it is missing."""

    client_id: ClientId | None = None
    name: ClientName
    redirect_uris: Redirects


class UpdateClient(ClientFields):
    """The fields to change."""

    name: ClientName | None = None
    redirect_uris: Redirects | None = None
    is_enabled: bool | None = None


class ClientOut(BaseModel):
    """A client, without its secret."""

    id: UUID
    tenant_id: UUID
    client_id: str
    name: str
    redirect_uris: list[str]
    description: str | None
    logo_url: str | None
    homepage_url: str | None
    terms_url: str | None
    privacy_url: str | None
    is_public: bool
    client_type: Literal["public", "confidential"]
    is_enabled: bool
    allowed_grant_types: list[str]
    allowed_scopes: list[str]
    default_scopes: list[str]
    allowed_resources: list[str]
    require_pkce: bool
    require_consent: bool
    access_token_lifetime_seconds: int | None
    refresh_token_lifetime_seconds: int | None
    require_pushed_authorization_requests: bool
    dpop_bound_access_tokens: bool
    require_dpop_nonce: bool
    post_logout_redirect_uris: list[str]
    backchannel_logout_uri: str | None
    backchannel_logout_session_required: bool
    token_endpoint_auth_method: str | None
    token_endpoint_auth_signing_alg: str | None
    jwks: dict[str, Any] | None
    jwks_uri: str | None
    id_token_signed_response_alg: str | None
    introspection_signed_response_alg: str | None
    token_exchange: TokenExchangePolicy | None
    application_id: UUID | None
    metadata: dict[str, Any]
    created_at: datetime
    updated_at: datetime

    @classmethod
    def of(cls, client: OAuthClient) -> "ClientOut":
        same = {name: getattr(client, name) for name in _SAME_NAME}
        kind = "public" if client.is_public else "confidential"
        return cls.model_validate({**same, "client_type": kind, "metadata": client.free_metadata})


_SAME_NAME = ClientOut.model_fields.keys() - {"client_type", "metadata"}


class ClientWithSecret(BaseModel):
    """The one answer that shows a secret; empty for a public client."""

    client: ClientOut
    client_secret: str
