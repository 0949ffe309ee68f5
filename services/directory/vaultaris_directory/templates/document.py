"""What a template holds of the directory's own things: everything by name, nothing by id."""

from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Final

from pydantic import BaseModel, Field, StringConstraints

from vaultaris_directory.allow_lists.schemas import MAX_ALLOWED
from vaultaris_directory.applications.schemas import ApplicationCreate
from vaultaris_directory.groups.schemas import GroupCreate
from vaultaris_directory.roles.schemas import RoleCreate
from vaultaris_kit.application_links.templates import MAX_LINKS, TemplateLink
from vaultaris_kit.errors import Invalid

VERSION: Final = 1
OWNED: Final = ("tenant", "permissions", "roles", "groups", "applications")
OF_OTHERS: Final[dict[str, tuple[str, ...]]] = {"auth": ("clients", "identity_providers"), "policy": ("policies",)}
"""Which service owns the other sections."""

ALLOWING: Final[dict[str, str]] = {"oauth_clients": "clients", "login_providers": "identity_providers"}
"""The allow-lists of a group, and the sections of what they name."""

LISTS: Final = "allow_lists"
"""What reports count the allow-lists as."""

Reference = Annotated[str, StringConstraints(min_length=1, max_length=2000)]
References = Annotated[list[Reference], Field(max_length=5_000)]

AllowList = Annotated[list[Reference], Field(max_length=MAX_ALLOWED)] | None


class TemplateRole(RoleCreate):
    """A role with the names of what it inherits from and of its permissions."""

    composite_roles: References = Field(default_factory=list)
    permissions: References = Field(default_factory=list)

    def fields(self) -> dict[str, Any]:
        return self.model_dump(exclude={"composite_role_ids", "composite_roles", "permissions"})


class TemplateGroup(GroupCreate):
    """A group by its path, with the names of the roles that it confers.

    The allow-lists name clients by ``client_id`` and identity providers by name; null: the group limits nothing.
    """

    roles: References = Field(default_factory=list)
    oauth_clients: AllowList = None
    login_providers: AllowList = None

    def fields(self) -> dict[str, Any]:
        return self.model_dump(exclude={"parent_id", "roles", "oauth_clients", "login_providers"})


class NamedLink(TemplateLink):
    """Something that belongs to an application."""

    name: Reference


Links = Annotated[list[NamedLink], Field(max_length=MAX_LINKS)]


class TemplateApplication(ApplicationCreate):
    """An application with its roles and permissions by name, its groups by path."""

    roles: Links = Field(default_factory=list)
    groups: Links = Field(default_factory=list)
    permissions: Links = Field(default_factory=list)

    def fields(self) -> dict[str, Any]:
        return self.model_dump(exclude={"roles", "groups", "permissions"})


class TemplateReport(BaseModel):
    """Counts by section. With `errors`, nothing has been applied. `pending` names services whose part is still due."""

    dry_run: bool
    created: dict[str, int]
    updated: dict[str, int]
    skipped: dict[str, int]
    errors: list[dict[str, str]]
    pending: list[str] = Field(default_factory=list)


def own_content(template: Mapping[str, Any]) -> dict[str, Any]:
    """The directory's sections, in an order in which each object finds what it names. Raises :class:`Invalid`."""
    if template.get("version") != VERSION:
        raise Invalid.field("version", f"Must be {VERSION}.", "unknown_version")
    tenant = template.get("tenant")
    return {
        "tenant": [{"section": "tenant", "fields": tenant}] if tenant is not None else [],
        "permissions": template.get("permissions", []),
        "roles": _members_first(template.get("roles", [])),
        "groups": _parents_first(template.get("groups", [])),
        "applications": template.get("applications", []),
    }


def others_content(template: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """The sections of other services, by service; only services that have something to do.

    The allow-lists of groups travel with what they name, which has to be there first.
    """
    by_owner = {
        owner: {name: template[name] for name in names if template.get(name)} for owner, names in OF_OTHERS.items()
    }
    if lists := listed_groups(template.get("groups")):
        by_owner["auth"][LISTS] = lists
    return {owner: content for owner, content in by_owner.items() if content}


def listed_groups(groups: Any) -> list[dict[str, Any]]:
    """The groups of a template that say something of their allow-lists, with nothing but those."""
    items = groups if isinstance(groups, list) else []
    kept = ("path", *ALLOWING)
    return [
        {name: item[name] for name in kept if name in item}
        for item in items if isinstance(item, dict) and any(name in item for name in ALLOWING)
    ]  # fmt: skip


def _members_first(roles: Any) -> Any:
    """Composite roles after what they inherit from; what is malformed stays for the section to refuse."""
    if not isinstance(roles, list):
        return roles
    by_name = {role["name"]: role for role in roles if isinstance(role, dict) and isinstance(role.get("name"), str)}
    done: dict[str, dict[str, Any]] = {}
    for start in by_name:
        _visit(start, by_name, done)
    return [*done.values(), *(role for role in roles if role not in by_name.values())]


def _visit(start: str, by_name: Mapping[str, dict[str, Any]], done: dict[str, dict[str, Any]]) -> None:
    """Depth first, without recursion; a cycle is cut anywhere, and refused when it is put in."""
    stack: list[tuple[str, bool]] = [(start, False)]
    open_names: set[str] = set()
    while stack:
        name, members_done = stack.pop()
        if name in done or name not in by_name:
            continue
        if members_done:
            done[name] = by_name[name]
        elif name not in open_names:
            open_names.add(name)
            stack.append((name, True))
            stack.extend((member, False) for member in _names(by_name[name].get("composite_roles")))


def _names(value: Any) -> Iterable[str]:
    return [each for each in value if isinstance(each, str)] if isinstance(value, list) else []


def _parents_first(groups: Any) -> Any:
    if not isinstance(groups, list):
        return groups
    return sorted(groups, key=lambda group: str(group.get("path", "")).count("/") if isinstance(group, dict) else 0)
