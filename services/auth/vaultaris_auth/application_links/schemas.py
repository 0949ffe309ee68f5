"""What belongs to an application, on the wire (shapes of the public API)."""

from typing import Annotated

from pydantic import BaseModel, Tag

from vaultaris_auth.clients.models import OAuthClient
from vaultaris_auth.clients.schemas import ClientOut, CreateClient
from vaultaris_auth.identity_providers.models import IdentityProvider
from vaultaris_auth.identity_providers.schemas import CreateIdentityProvider, IdentityProviderOut
from vaultaris_kit.application_links.models import LinkColumns
from vaultaris_kit.application_links.schemas import BY_PURPOSE, LINKING, MAKING, LinkBody, Linked, link_fields

_Link = Annotated[LinkBody, Tag(LINKING)]

ClientInside = Annotated[Annotated[CreateClient, Tag(MAKING)] | _Link, BY_PURPOSE]
IdentityProviderInside = Annotated[Annotated[CreateIdentityProvider, Tag(MAKING)] | _Link, BY_PURPOSE]


class LinkedClient(ClientOut, Linked):
    """A client, and how it belongs to the application."""


class LinkedClientWithSecret(BaseModel):
    """The one answer that shows a secret; empty for a client that has none."""

    client: LinkedClient
    client_secret: str


class LinkedIdentityProvider(IdentityProviderOut, Linked):
    """An identity provider, and how it belongs to the application."""


def linked_client(row: OAuthClient, link: LinkColumns) -> LinkedClient:
    return LinkedClient(**ClientOut.of(row).model_dump(), **link_fields(link))


def linked_provider(row: IdentityProvider, link: LinkColumns) -> LinkedIdentityProvider:
    return LinkedIdentityProvider(**IdentityProviderOut.of(row).model_dump(), **link_fields(link))
