"""Imported and exported users on the wire."""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, Field, StringConstraints

from vaultaris_directory.passwords.imported import check_imported
from vaultaris_directory.users.schemas import UserCreate

IfExists = Literal["error", "skip", "update"]

MAX_ROWS = 200_000
MAX_TOLD_ERRORS = 1000
MAX_NAMES = 100

PasswordHash = Annotated[str, StringConstraints(max_length=500), AfterValidator(check_imported)]
Names = Annotated[list[Annotated[str, StringConstraints(min_length=1, max_length=2000)]], Field(max_length=MAX_NAMES)]


class ImportedUser(UserCreate):
    """A user, with the names of roles and the paths of groups (`/sales/berlin`; a bare name is one at the root).

    `password_hash` is an Argon2id hash in PHC form or a bcrypt hash from elsewhere.
    """

    password_hash: PasswordHash | None = None
    roles: Names = Field(default_factory=list)
    groups: Names = Field(default_factory=list)

    def fields(self) -> dict[str, Any]:
        return self.model_dump(exclude={"password", "password_hash", "roles", "groups"})

    def changes(self) -> dict[str, Any]:
        """What the row says of a user who exists: the columns it has, but no password."""
        kept = {"username", "password", "password_hash", "roles", "groups"}
        return {name: getattr(self, name) for name in self.model_fields_set - kept}


COLUMNS = frozenset({(field.alias or name) for name, field in ImportedUser.model_fields.items()})
"""What a CSV file may have."""

READ_ONLY_COLUMNS = frozenset({"id", "freeze_reason", "last_login_at", "created_at", "updated_at"})
"""What an export has on top, and an import passes over."""


class ImportFault(BaseModel):
    """Why a row was not taken. `row` counts from 1, `line` is where it begins in the file."""

    row: int
    line: int
    field: str
    code: str
    message: str


class ImportReport(BaseModel):
    """`rows` is the sum of `created`, `updated`, `skipped` and `failed`. At most 1,000 errors are told in full."""

    dry_run: bool
    rows: int = 0
    created: int = 0
    updated: int = 0
    skipped: int = 0
    failed: int = 0
    errors: list[ImportFault] = Field(default_factory=list)
    errors_omitted: int = 0


class ExportedUser(BaseModel):
    """A line of an export. Never a password, not even its hash."""

    id: str
    username: str
    email: str
    email_verified: bool
    phone: str | None
    first_name: str | None
    last_name: str | None
    display_name: str | None
    avatar_url: str | None
    locale: str
    timezone: str
    status: str
    metadata: dict[str, Any]
    roles: list[str]
    groups: list[str]
    freeze_reason: str | None
    last_login_at: str | None
    created_at: str
    updated_at: str


EXPORT_COLUMNS = tuple(ExportedUser.model_fields)
