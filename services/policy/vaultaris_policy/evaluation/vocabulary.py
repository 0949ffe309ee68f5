"""What an editor of policies offers: attributes, operators, and the resource types and actions in use."""

import re
from collections.abc import Iterable
from typing import Any, Final

from vaultaris_kit.conditions.operators import OPERATORS
from vaultaris_kit.http.envelopes import MAX_LIST
from vaultaris_policy.evaluation.schemas import AttributeOut, ConditionsSchema, OperatorOut

_SEPARATOR = re.compile(r"[:/]")

ATTRIBUTES: Final = [
    AttributeOut(path=path, type=kind, description=description)
    for path, kind, description in (
        ("subject.id", "string", "The user's id."),
        ("subject.tenant_id", "string", "The user's tenant."),
        ("subject.username", "string", "The user name."),
        ("subject.email", "string", "The e-mail address."),
        ("subject.email_verified", "boolean", "Whether the e-mail address is verified."),
        ("subject.mfa_enabled", "boolean", "Whether the user has a second factor."),
        ("subject.roles", "array", "Names of the roles in force: direct, through groups, inside composite roles."),
        ("subject.groups", "array", "Paths of the user's groups."),
        ("subject.permissions", "array", "Permissions held through roles, as resource:action."),
        ("subject.attributes", "object", "The user's metadata; subject.attributes.<name> is one of them."),
        ("subject.api_key.id", "string", "The API key's id, where a key asks about itself."),
        ("subject.api_key.name", "string", "The API key's name, where a key asks about itself."),
        ("subject.api_key.owner_type", "string", "Whose the API key is, where a key asks about itself."),
        ("subject.type", "string", "Of subjects in AuthZEN requests that are no users: their type, as told."),
        ("subject.properties", "object", "What an AuthZEN request tells of the subject."),
        ("resource.type", "string", "The part of the resource before the first colon."),
        ("resource.id", "string", "The part of the resource after the first colon."),
        ("resource.owner_id", "string", "Whoever owns the resource, as told by the application."),
        ("resource.tenant_id", "string", "The tenant of the resource, as told by the application."),
        ("resource.attributes", "object", "Whatever the application tells of the resource."),
        ("action", "string", "The action."),
        ("environment.time", "string", "This moment, in UTC."),
        ("environment.ip_address", "string", "The end user's address, as told by the application."),
        ("environment.user_agent", "string", "The end user's program, as told by the application."),
        ("environment.attributes", "object", "Whatever else the application tells of the circumstances."),
    )
]

_OPERATORS: Final = [
    OperatorOut(name=each.name, label=each.label, operand=each.operand, types=list(each.types))
    for each in OPERATORS.values()
]


def conditions_schema(policies: Iterable[tuple[str, list[Any]]]) -> ConditionsSchema:
    """``policies`` are pairs of a resource pattern and its actions."""
    types: set[str] = set()
    actions: set[str] = set()
    for pattern, allowed in policies:
        types.add(_SEPARATOR.split(pattern, maxsplit=1)[0])
        actions.update(allowed)
    return ConditionsSchema(
        attributes=ATTRIBUTES,
        operators=_OPERATORS,
        combinators=["all", "any", "not"],
        resource_types=_plain(types),
        actions=_plain(actions),
    )


def _plain(names: set[str]) -> list[str]:
    return sorted(name for name in names if "*" not in name)[:MAX_LIST]
