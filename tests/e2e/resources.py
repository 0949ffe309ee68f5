"""The resources that the contract suite runs over: how to make one, change it, and what must hold."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.e2e.world import unique

Body = dict[str, Any]


@dataclass(frozen=True)
class Resource:
    """One managed kind. ``required`` are the fields of a create; ``always`` those never null in an answer."""

    noun: str
    make: Callable[[], Body]
    change: Body
    required: tuple[str, ...]
    always: tuple[str, ...]
    unwrap: str | None = None
    restorable: bool = True
    paged: bool = True
    final: bool = False
    unique_field: str = "name"
    text_field: str = "description"
    free_json: bool = False
    extra: Body = field(default_factory=dict)

    def body(self, answer: Any) -> Any:
        """The object inside the answer to a create."""
        return answer[self.unwrap] if self.unwrap else answer


COMMON = ("id", "tenant_id", "created_at", "updated_at")


def _user() -> Body:
    name = unique("contract")
    return {"username": name, "email": f"{name}@contract.test", "metadata": {"team": "blue"}}


def _permission() -> Body:
    resource = unique("things")
    return {"name": f"{resource}:read", "resource": resource, "action": "read"}


def _policy() -> Body:
    return {"name": unique("policy"), "effect": "allow", "resource_pattern": "orders:*", "actions": ["read"]}


def _client() -> Body:
    return {"name": unique("client"), "client_id": unique("client"), "redirect_uris": ["https://app.test/callback"]}


RESOURCES = [
    Resource(
        "users",
        _user,
        {"first_name": "Ada", "metadata": {"team": "red"}},
        ("username", "email"),
        (*COMMON, "username", "email", "email_verified", "phone_verified", "locale", "timezone", "status",
         "mfa_enabled", "metadata", "failed_login_attempts"),
        unique_field="username",
        text_field="first_name",
        free_json=True,
    ),
    Resource(
        "roles",
        lambda: {"name": unique("role")},
        {"description": "Changed"},
        ("name",),
        (*COMMON, "name", "is_system", "is_composite", "metadata"),
        free_json=True,
    ),
    Resource(
        "permissions",
        _permission,
        {"description": "Changed"},
        ("name", "resource", "action"),
        (*COMMON, "name", "resource", "action", "conditions"),
    ),
    Resource(
        "groups",
        lambda: {"name": unique("group")},
        {"description": "Changed"},
        ("name",),
        (*COMMON, "name", "path", "metadata"),
        free_json=True,
    ),
    Resource(
        "clients",
        _client,
        {"description": "Changed"},
        ("name", "redirect_uris"),
        (*COMMON, "client_id", "name", "redirect_uris", "is_public", "is_enabled", "allowed_grant_types",
         "allowed_scopes", "default_scopes", "require_pkce", "require_consent", "metadata"),
        unwrap="client",
        restorable=False,
        unique_field="client_id",
        free_json=True,
    ),
    Resource(
        "policies",
        _policy,
        {"description": "Changed", "priority": 7},
        ("name", "effect", "resource_pattern", "actions"),
        (*COMMON, "name", "effect", "resource_pattern", "actions", "priority", "conditions", "status"),
        restorable=False,
    ),
    Resource(
        "applications",
        lambda: {"slug": unique("app"), "name": "Orders"},
        {"description": "Changed"},
        ("slug", "name"),
        (*COMMON, "slug", "name", "redirect_uris_base", "allowed_scopes", "allowed_audiences", "is_active",
         "isolation_enabled", "settings"),
        restorable=False,
        unique_field="slug",
    ),
    Resource(
        "identity-providers",
        lambda: {"name": unique("idp"), "provider_type": "oidc"},
        {"description": "Changed", "priority": 7},
        ("name", "provider_type"),
        (*COMMON, "name", "provider_type", "status", "auto_create_users", "update_user_on_login", "sync_groups",
         "priority"),
        restorable=False,
        paged=False,
    ),
]  # fmt: skip
