"""What belongs to an application, on the wire (shapes of the public API)."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, Discriminator, Field, Tag

from vaultaris_directory.application_links.models import LinkRow
from vaultaris_directory.groups.schemas import GroupCreate, GroupOut
from vaultaris_directory.permissions.schemas import PermissionCreate, PermissionOut
from vaultaris_directory.roles.schemas import RoleCreate, RoleOut
from vaultaris_kit.http.fields import CreateBody

MAX_AT_ONCE = 100


class LinkBody(CreateBody):
    """Links what exists instead of making something."""

    resource_id: UUID
    is_inherited: bool = False


class LinkOptions(CreateBody):
    is_inherited: bool = False


class UnlinkBody(CreateBody):
    resource_ids: list[UUID] = Field(default_factory=list, max_length=MAX_AT_ONCE)


_MAKING, _LINKING = "body", "link"
"""Tags stand in the path of a bad field; error messages leave ``body`` out."""


def _purpose(body: Any) -> str:
    return _LINKING if isinstance(body, dict) and body.get("resource_id") is not None else _MAKING


_ByPurpose = Discriminator(_purpose)
_Link = Annotated[LinkBody, Tag(_LINKING)]

RoleInside = Annotated[Annotated[RoleCreate, Tag(_MAKING)] | _Link, _ByPurpose]
GroupInside = Annotated[Annotated[GroupCreate, Tag(_MAKING)] | _Link, _ByPurpose]
PermissionInside = Annotated[Annotated[PermissionCreate, Tag(_MAKING)] | _Link, _ByPurpose]


class Linked(BaseModel):
    is_inherited: bool
    is_owned: bool
    linked_at: datetime


class LinkedRole(RoleOut, Linked):
    """A role, and how it belongs to the application."""


class LinkedGroup(GroupOut, Linked):
    """A group, and how it belongs to the application."""


class LinkedPermission(PermissionOut, Linked):
    """A permission, and how it belongs to the application."""


def link_fields(link: LinkRow) -> dict[str, Any]:
    """The wire fields that a link adds to an object."""
    return {name: getattr(link, name) for name in Linked.model_fields}
