"""Links on the wire (shapes of the public API)."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from pydantic import BaseModel, Discriminator, Field

from vaultaris_kit.application_links.models import LinkColumns
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


MAKING: Final = "body"
LINKING: Final = "path"
"""Tags stand in the path of a bad field; error messages leave these two out."""


def _purpose(body: Any) -> str:
    return LINKING if isinstance(body, dict) and body.get("resource_id") is not None else MAKING


BY_PURPOSE = Discriminator(_purpose)
"""Tells a create body (tagged :data:`MAKING`) from a :class:`LinkBody` (tagged :data:`LINKING`)."""


class Linked(BaseModel):
    is_inherited: bool
    is_owned: bool
    linked_at: datetime


def link_fields(link: LinkColumns) -> dict[str, Any]:
    """The wire fields that a link adds to an object."""
    return {name: getattr(link, name) for name in Linked.model_fields}
