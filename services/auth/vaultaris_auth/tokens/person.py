"""The signed-in person that tokens speak of."""

from dataclasses import dataclass
from uuid import UUID

from vaultaris_kit.access import Effective


@dataclass(frozen=True, slots=True)
class SignIn:
    """One act of signing in. ``auth_time`` in seconds since the epoch; ``amr`` holds RFC 8176 values."""

    session_id: UUID
    auth_time: int
    amr: list[str]
    acr: str


@dataclass(frozen=True, slots=True)
class Person:
    """A user, as the directory has them now, and how they signed in."""

    user_id: UUID
    username: str
    email: str
    roles: list[str]
    sign_in: SignIn

    @classmethod
    def of(cls, effective: Effective, sign_in: SignIn) -> "Person":
        user = effective.answer.user
        roles = sorted(role.name for role in effective.answer.roles)
        return cls(UUID(user.id), user.username, user.email, roles, sign_in)
