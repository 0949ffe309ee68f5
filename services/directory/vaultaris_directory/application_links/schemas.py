"""What belongs to an application, on the wire (shapes of the public API)."""

from typing import Annotated

from pydantic import Tag

from vaultaris_directory.groups.schemas import GroupCreate, GroupOut
from vaultaris_directory.permissions.schemas import PermissionCreate, PermissionOut
from vaultaris_directory.roles.schemas import RoleCreate, RoleOut
from vaultaris_kit.application_links.schemas import BY_PURPOSE, LINKING, MAKING, LinkBody, Linked

_Link = Annotated[LinkBody, Tag(LINKING)]

RoleInside = Annotated[Annotated[RoleCreate, Tag(MAKING)] | _Link, BY_PURPOSE]
GroupInside = Annotated[Annotated[GroupCreate, Tag(MAKING)] | _Link, BY_PURPOSE]
PermissionInside = Annotated[Annotated[PermissionCreate, Tag(MAKING)] | _Link, BY_PURPOSE]


class LinkedRole(RoleOut, Linked):
    """A role, and how it belongs to the application."""


class LinkedGroup(GroupOut, Linked):
    """A group, and how it belongs to the application."""


class LinkedPermission(PermissionOut, Linked):
    """A permission, and how it belongs to the application."""
