"""HTTP shapes of OAuth clients."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, Field, StringConstraints

from vaultaris_auth.clients.models import OAuthClient
from vaultaris_auth.clients.redirect_uris import MAX_CHARS, problem_of
from vaultaris_auth.revocations.marks import CLIENT_ID
from vaultaris_kit.http.envelopes import RequestBody
from vaultaris_kit.http.fields import Description, JsonObject, Label, Url

GrantType = Literal["authorization_code", "client_credentials", "password", "refresh_token"]
AuthMethod = Literal["client_secret_basic", "client_secret_post", "none"]

_YEAR = 366 * 86_400


def _checked_redirect(uri: str) -> str:
    problem = problem_of(uri)
    if problem:
        raise ValueError(problem)
    return uri


def _distinct(values: list[str]) -> list[str]:
    return list(dict.fromkeys(values))


RedirectUri = Annotated[str, Field(max_length=MAX_CHARS), AfterValidator(_checked_redirect)]
Redirects = Annotated[list[RedirectUri], Field(max_length=50), AfterValidator(_distinct)]
Scope = Annotated[str, StringConstraints(pattern=r"^[\x21\x23-\x5B\x5D-\x7E]{1,200}$")]
Scopes = Annotated[list[Scope], Field(max_length=300), AfterValidator(_distinct)]
GrantTypes = Annotated[list[GrantType], Field(max_length=20), AfterValidator(_distinct)]
ClientName = Annotated[Label, Field(min_length=1)]


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
    require_pkce: bool | None = None
    require_consent: bool | None = None
    access_token_lifetime_seconds: Annotated[int, Field(ge=1, le=86_400)] | None = None
    refresh_token_lifetime_seconds: Annotated[int, Field(ge=1, le=_YEAR)] | None = None
    dpop_bound_access_tokens: bool | None = None
    post_logout_redirect_uris: Redirects | None = None
    token_endpoint_auth_method: AuthMethod | None = None
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
        return {name: value for name, value in sent.items() if value is not None or name in _NULLABLE}


_NULLABLE = frozenset(
    column.key for column in OAuthClient.__table__.columns if column.nullable and column.key != "secret_hash"
)


class CreateClient(ClientFields):
    """A client to register; ``client_id`` is made up when it is missing."""

    client_id: Annotated[str, StringConstraints(pattern=f"^{CLIENT_ID.pattern}$", max_length=100)] | None = None
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
    require_pkce: bool
    require_consent: bool
    access_token_lifetime_seconds: int | None
    refresh_token_lifetime_seconds: int | None
    dpop_bound_access_tokens: bool
    post_logout_redirect_uris: list[str]
    token_endpoint_auth_method: str | None
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
