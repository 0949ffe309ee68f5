"""Tables of what belongs to an application."""

from vaultaris_auth.base import Base
from vaultaris_kit.application_links.models import LinkColumns


class ClientLink(LinkColumns, Base):
    __tablename__ = "application_clients"


class IdentityProviderLink(LinkColumns, Base):
    __tablename__ = "application_identity_providers"
