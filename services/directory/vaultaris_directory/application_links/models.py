"""Tables of what belongs to an application."""

from vaultaris_directory.base import Base
from vaultaris_kit.application_links.models import LinkColumns


class RoleLink(LinkColumns, Base):
    __tablename__ = "application_roles"


class GroupLink(LinkColumns, Base):
    __tablename__ = "application_groups"


class PermissionLink(LinkColumns, Base):
    __tablename__ = "application_permissions"
