"""Users on the wire (shapes of the public API)."""

import unicodedata
from datetime import datetime
from typing import Annotated, Any, ClassVar, Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from vaultaris_directory.passwords.policy import MAX_PASSWORD_CHARS
from vaultaris_directory.passwords.verification import standing_of
from vaultaris_directory.tenants.models import Tenant
from vaultaris_directory.users.addresses import check_email
from vaultaris_directory.users.models import User
from vaultaris_kit.http.fields import CreateBody, JsonObject, Label, UpdateBody, Url
from vaultaris_kit.ids import now

Status = Literal["active", "inactive", "pending", "suspended"]


def _username(value: str) -> str:
    if any(character.isspace() or unicodedata.category(character).startswith("C") for character in value):
        raise ValueError("must not hold spaces or control characters")
    return value


def _zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (ValueError, LookupError, OSError) as fault:  # not found, no name at all, or a folder of names
        raise ValueError("must name a time zone, as Europe/Berlin") from fault
    return value


Username = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=150), AfterValidator(_username)
]
Email = Annotated[str, StringConstraints(strip_whitespace=True, max_length=254), AfterValidator(check_email)]
Password = Annotated[str, StringConstraints(min_length=1, max_length=MAX_PASSWORD_CHARS)]
Phone = Annotated[str, Field(max_length=32, pattern=r"^\+?[0-9(][0-9 ().\-]{2,30}$")]
PersonName = Annotated[str, StringConstraints(strip_whitespace=True, max_length=100)]
Locale = Annotated[str, Field(max_length=35, pattern=r"^[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8})*$")]
Timezone = Annotated[str, Field(max_length=64), AfterValidator(_zone)]


class UserCreate(CreateBody):
    username: Username
    email: Email
    password: Password | None = None
    email_verified: bool = False
    phone: Phone | None = None
    first_name: PersonName | None = None
    last_name: PersonName | None = None
    display_name: Label | None = None
    avatar_url: Url | None = None
    locale: Locale = "en"
    timezone: Timezone = "UTC"
    status: Status = "active"
    meta: JsonObject = Field(default_factory=dict, alias="metadata")

    def fields(self) -> dict[str, Any]:
        """What the user begins with, but the password."""
        return self.model_dump(exclude={"password"})


class UserUpdate(UpdateBody):
    """``current_password`` proves a person who changes their own password with an older sign-in."""

    clearable: ClassVar[frozenset[str]] = frozenset({"phone", "first_name", "last_name", "display_name", "avatar_url"})

    username: Username | None = None
    email: Email | None = None
    password: Password | None = None
    current_password: Password | None = None
    email_verified: bool | None = None
    phone: Phone | None = None
    first_name: PersonName | None = None
    last_name: PersonName | None = None
    display_name: Label | None = None
    avatar_url: Url | None = None
    locale: Locale | None = None
    timezone: Timezone | None = None
    status: Status | None = None
    meta: JsonObject | None = Field(None, alias="metadata")

    def changes(self) -> dict[str, Any]:
        """The profile fields that were sent, without the passwords."""
        return {name: value for name, value in super().changes().items() if not name.endswith("password")}


class UserOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: UUID
    tenant_id: UUID
    username: str
    email: str
    email_verified: bool
    phone: str | None
    phone_verified: bool
    first_name: str | None
    last_name: str | None
    display_name: str | None
    avatar_url: str | None
    locale: str
    timezone: str
    status: str
    mfa_enabled: bool
    mfa_type: str | None
    meta: dict[str, Any] = Field(serialization_alias="metadata")
    failed_login_attempts: int
    locked_until: datetime | None
    last_login_at: datetime | None
    created_at: datetime
    updated_at: datetime
    freeze_reason: str | None
    deleted_at: datetime | None


def user_out(row: User) -> UserOut:
    """The lockout fields show what counts now: a lock that is over shows as none."""
    standing = standing_of(row).seen(now())
    out = UserOut.model_validate(row)
    out.failed_login_attempts, out.locked_until = standing.failures, standing.locked_until
    return out


class RoleAssignment(CreateBody):
    role_id: UUID


class GroupAssignment(CreateBody):
    group_id: UUID


class AccountOut(BaseModel):
    """An account of the same person in some tenant."""

    tenant_id: UUID
    name: str
    slug: str
    display_name: str | None
    user_id: UUID
    status: str
    joined_at: datetime


def account_out(account: tuple[User, Tenant]) -> AccountOut:
    user, tenant = account
    return AccountOut(
        tenant_id=tenant.id, name=tenant.name, slug=tenant.slug, display_name=tenant.display_name,
        user_id=user.id, status=user.status, joined_at=user.created_at,
    )  # fmt: skip
