"""The kinds of things that an application can have."""

from dataclasses import dataclass
from typing import Any

from vaultaris_directory.application_links.models import GroupLink, LinkRow, PermissionLink, RoleLink
from vaultaris_directory.groups.repository import Groups
from vaultaris_directory.permissions.repository import Permissions
from vaultaris_directory.roles.repository import Roles
from vaultaris_kit.repository import TenantRepository


@dataclass(frozen=True, slots=True)
class Kind:
    """``plural`` stands in paths and rights, ``noun`` in events."""

    noun: str
    plural: str
    repository: type[TenantRepository[Any]]
    links: type[LinkRow]


ROLES = Kind("role", "roles", Roles, RoleLink)
GROUPS = Kind("group", "groups", Groups, GroupLink)
PERMISSIONS = Kind("permission", "permissions", Permissions, PermissionLink)
