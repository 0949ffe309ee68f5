"""Whoever a question is about, in the form that decisions are made on."""

from dataclasses import dataclass
from typing import Any

from vaultaris.directory.v1.directory_pb2 import User
from vaultaris_policy.engine.decision import Decision
from vaultaris_policy.engine.grants import PermissionSet


@dataclass(frozen=True, slots=True)
class Asker:
    """Compiled permissions, and the attributes that conditions see as ``subject``.

    ``refused`` answers everything when they may not act at all. Within a ``ceiling`` nothing is allowed that it does
    not cover, whatever grants it: the scopes of an API key.
    """

    permissions: PermissionSet
    subject: dict[str, Any]
    refused: Decision | None = None
    ceiling: PermissionSet | None = None


def refusal_of(user: User) -> Decision | None:
    """Why a user may not act at all; None for one who may."""
    if user.freeze_reason:
        return Decision(False, refusal=f"The user is frozen: {user.freeze_reason}.")
    if user.status != "active":
        return Decision(False, refusal=f"The user is {user.status}.")
    return None
