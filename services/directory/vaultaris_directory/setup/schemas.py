"""Setup on the wire (shapes of the public API)."""

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from vaultaris_directory.tenants.models import Tenant
from vaultaris_directory.tenants.schemas import TenantOut, tenant_fields
from vaultaris_directory.tenants.slugs import RESERVED, slug_fault
from vaultaris_directory.users.models import User
from vaultaris_directory.users.schemas import Email, Password, Username, UserOut, user_out
from vaultaris_kit.http.fields import CreateBody, JsonObject, Label, Name


def _master_slug(slug: str) -> str:
    if fault := slug_fault(slug, reserved=RESERVED - {"master"}):
        raise ValueError(fault)
    return slug


MasterSlug = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=200), AfterValidator(_master_slug)
]  # fmt: skip


class PasskeyAnswer(CreateBody):
    """A public key credential as the browser gives it, and the challenge that it answers."""

    model_config = ConfigDict(extra="allow", str_max_length=100_000)

    challenge_id: UUID
    id: Annotated[str, Field(min_length=1, max_length=1400)]
    response: JsonObject
    device_name: Label | None = None

    def credential(self) -> dict[str, Any]:
        """What the browser gave; some leave out what is the same in every passkey."""
        told = self.model_dump(exclude={"challenge_id", "device_name"})
        return {"rawId": self.id, "type": "public-key", **told}


class Challenge(BaseModel):
    challenge_id: UUID
    options: dict[str, Any]


class ChallengeOut(Challenge):
    """HYBRID: the object, and all of its members again at the top."""

    success: Literal[True] = True
    data: Challenge


def challenge_out(begun: dict[str, Any]) -> ChallengeOut:
    return ChallengeOut(data=Challenge(**begun), **begun)


class ChallengeBody(CreateBody):
    admin_username: Username
    admin_email: Email


class SetupBody(CreateBody):
    """A passkey comes in addition to the password: signing in with passkeys alone is not served yet."""

    admin_username: Username
    admin_email: Email
    admin_password: Password
    webauthn: PasskeyAnswer | None = None
    tenant_name: Name = "Master"
    tenant_slug: MasterSlug = "master"

    def tenant(self) -> dict[str, Any]:
        return {"name": self.tenant_name, "slug": self.tenant_slug}

    def admin(self) -> dict[str, Any]:
        return {"username": self.admin_username, "email": self.admin_email, "email_verified": True}


class SetupState(BaseModel):
    is_configured: bool
    requires_setup: bool
    admin_exists: bool


class SetupStatus(SetupState):
    version: str
    has_license: bool
    database_ready: bool
    setup_token_required: bool


class ConsoleClient(BaseModel):
    client_id: str


class SetupDone(TenantOut):
    admin_user: UserOut
    client: ConsoleClient


def setup_done(tenant: Tenant, admin: User, client_id: str) -> SetupDone:
    return SetupDone(
        **tenant_fields(tenant), admin_user=user_out(admin), client=ConsoleClient(client_id=client_id)
    )  # fmt: skip
