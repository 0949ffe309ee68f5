"""HTTP shapes of the consent endpoints."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field

from vaultaris.directory.v1.directory_pb2 import Tenant
from vaultaris_auth.authorization_requests.operations import REQUIRED_SCOPES
from vaultaris_auth.authorization_requests.parameters import ResponseMode
from vaultaris_auth.authorization_requests.response import AuthorizationResponse
from vaultaris_auth.authorization_requests.store import Waiting
from vaultaris_auth.clients.models import OAuthClient
from vaultaris_auth.consents.descriptions import describe_scope
from vaultaris_kit.http.fields import CreateBody


class ConsentClient(BaseModel):
    """Who asks, as it describes itself."""

    client_id: str
    name: str
    description: str | None
    logo_url: str | None
    homepage_url: str | None
    terms_url: str | None
    privacy_url: str | None


class ConsentTenant(BaseModel):
    """Whose person is asked."""

    id: UUID
    name: str
    slug: str
    logo_url: str | None
    primary_color: str | None


class ConsentScope(BaseModel):
    """One thing that is asked for. ``already_granted`` is known of a signed-in person only."""

    name: str
    description: str
    required: bool
    already_granted: bool


class ConsentRequestOut(BaseModel):
    """What a consent page shows."""

    request_id: str
    client: ConsentClient
    tenant: ConsentTenant
    scopes: list[ConsentScope]
    redirect_uri: str
    expires_at: datetime

    @classmethod
    def of(cls, waiting: Waiting, client: OAuthClient, granted: frozenset[str]) -> "ConsentRequestOut":
        assert waiting.request_id is not None
        assert waiting.expires_at is not None
        return cls(
            request_id=waiting.request_id,
            client=ConsentClient.model_validate(client, from_attributes=True),
            tenant=_tenant(waiting.tenant),
            scopes=[
                ConsentScope(
                    name=scope, description=describe_scope(scope), required=scope in REQUIRED_SCOPES,
                    already_granted=scope in granted,
                )
                for scope in waiting.asked.scope
            ],
            redirect_uri=waiting.asked.redirect_uri,
            expires_at=waiting.expires_at,
        )  # fmt: skip


def _tenant(tenant: Tenant) -> ConsentTenant:
    return ConsentTenant(
        id=UUID(tenant.id), name=tenant.display_name or tenant.name, slug=tenant.slug,
        logo_url=tenant.logo_url or None, primary_color=tenant.primary_color or None,
    )  # fmt: skip


class Approval(CreateBody):
    """The scopes that the person agrees to; those that were not asked for are left out."""

    approved_scopes: Annotated[list[Annotated[str, Field(max_length=200)]], Field(max_length=300)]


class Answered(BaseModel):
    """Where the browser goes now. With ``form_post`` it posts ``parameters`` to ``redirect_uri``."""

    redirect_uri: str
    response_mode: ResponseMode
    parameters: dict[str, str]

    @classmethod
    def of(cls, response: AuthorizationResponse) -> "Answered":
        return cls(redirect_uri=response.location, response_mode=response.mode, parameters=response.parameters)
