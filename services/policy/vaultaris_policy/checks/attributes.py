"""What conditions can look at, put together from the directory, the question and its context.

``docs/policies.md`` lists the attributes. The directory's word on the subject and our clock can't be overridden.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

import msgspec

from vaultaris.directory.v1.directory_pb2 import EffectivePermissions
from vaultaris_kit.conditions.values import Attributes
from vaultaris_policy.checks.meter import MAX_SECONDS, Metered
from vaultaris_policy.engine.decision import Question

_KNOWN: Final = ("resource", "environment")
_ENVIRONMENT: Final = ("ip_address", "user_agent")


def subject_of(answer: EffectivePermissions) -> dict[str, Any]:
    """The attributes of a user. Lists are sorted here, so that no condition sees how the directory came to them."""
    user = answer.user
    return {
        "id": user.id,
        "tenant_id": user.tenant_id,
        "username": user.username,
        "email": user.email,
        "email_verified": user.email_verified,
        "mfa_enabled": user.mfa_enabled,
        "roles": sorted(role.name for role in answer.roles),
        "groups": sorted(group.path for group in answer.groups),
        "permissions": sorted({f"{each.resource}:{each.action}" for each in answer.permissions}),
        "attributes": msgspec.json.decode(answer.metadata) if answer.metadata else {},
    }


class AskedQuestion(Question):
    """A caller's question. ``resource`` is ``type`` or ``type:id``; ``context`` is as free as the caller likes.

    Most decisions look at no attribute: they are put together when the first condition asks. Looking at them raises
    :class:`TooCostly` when the ``seconds`` of one decision are over.
    """

    __slots__ = ("_at", "_context", "_metered", "_seconds", "_subject", "resource")

    def __init__(
        self,
        subject: Mapping[str, Any],
        resource: str,
        action: str,
        context: Mapping[str, Any] | None,
        at: datetime,
        seconds: float = MAX_SECONDS,
    ) -> None:
        kind, _, ident = resource.partition(":")
        super().__init__(action, kind, ident or None)
        self.resource, self._subject, self._context, self._at = resource, subject, context, at
        self._seconds = seconds
        self._metered: Metered | None = None

    @property
    def attributes(self) -> Attributes:
        """One entry per root."""
        if self._metered is None:
            context = self._context or {}
            self._metered = Metered(
                subject=self._subject,
                action=self.action,
                resource=_resource(self.resource_type, self.resource_id, context),
                environment=_environment(context, self._at),
            )
            self._metered.begin(self._seconds)
        return self._metered

    def heed(self) -> None:
        if self._metered is not None:
            self._metered.check()

    def restart(self, seconds: float = MAX_SECONDS) -> None:
        """Grants the time of a decision once more: for what is told beside it."""
        self._seconds = seconds
        if self._metered is not None:
            self._metered.begin(seconds)


def _resource(kind: str, ident: str | None, context: Mapping[str, Any]) -> dict[str, Any]:
    given = context.get("resource")
    told = {**given, "type": kind} if isinstance(given, dict) else {"type": kind}
    if ident:
        told["id"] = ident
    else:
        told.pop("id", None)
    return told


def _environment(context: Mapping[str, Any], at: datetime) -> dict[str, Any]:
    """``environment`` of the context; whatever else stands in the context is an attribute of the environment."""
    given = context.get("environment")
    told = given if isinstance(given, dict) else {}
    loose = {name: value for name, value in context.items() if not (name in _KNOWN and isinstance(value, dict))}
    own = told.get("attributes")
    environment: dict[str, Any] = {"time": at.isoformat()}
    for name in _ENVIRONMENT:
        value = told.get(name, loose.get(name))
        if value is not None:
            environment[name] = value
    environment["attributes"] = {**loose, **own} if isinstance(own, dict) else loose
    return environment
