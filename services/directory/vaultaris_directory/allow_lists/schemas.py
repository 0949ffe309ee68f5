"""Allow-lists on the wire (shapes of the public API)."""

from typing import Annotated, TypeVar
from uuid import UUID

from pydantic import BaseModel, Field

from vaultaris.auth.v1.auth_pb2 import GetSignInResourcesResponse
from vaultaris_kit.http.envelopes import ListOf
from vaultaris_kit.http.fields import CreateBody

MAX_ALLOWED = 200

Ids = Annotated[list[UUID], Field(max_length=MAX_ALLOWED)]
Item = TypeVar("Item")


class SetLoginProviders(CreateBody):
    """None: the group limits nothing."""

    provider_ids: Ids


class SetClients(CreateBody):
    """None: the group limits nothing."""

    client_ids: Ids


class AllowMeta(BaseModel):
    """``restricted``: whether the list counts. One that does and is empty allows nothing."""

    restricted: bool


class AllowListOf(ListOf[Item]):
    """A complete list, and whether it counts."""

    meta: AllowMeta


class AllowedProviderOut(BaseModel):
    id: UUID
    name: str
    display_name: str | None
    provider_type: str
    logo_url: str | None


class AllowedClientOut(BaseModel):
    id: UUID
    client_id: str
    name: str
    description: str | None
    logo_url: str | None
    is_enabled: bool


def provider_out(each: GetSignInResourcesResponse.IdentityProvider) -> AllowedProviderOut:
    """What auth tells of a provider."""
    return AllowedProviderOut(
        id=UUID(each.id), name=each.name, display_name=each.display_name or None,
        provider_type=each.provider_type, logo_url=each.logo_url or None,
    )  # fmt: skip


def client_out(each: GetSignInResourcesResponse.Client) -> AllowedClientOut:
    """What auth tells of a client."""
    return AllowedClientOut(
        id=UUID(each.id), client_id=each.client_id, name=each.name, description=each.description or None,
        logo_url=each.logo_url or None, is_enabled=each.is_enabled,
    )  # fmt: skip
