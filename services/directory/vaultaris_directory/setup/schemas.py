"""Setup on the wire (shapes of the public API)."""

from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, StringConstraints

from vaultaris_directory.tenants.models import Tenant
from vaultaris_directory.tenants.schemas import TenantOut, tenant_fields
from vaultaris_directory.tenants.slugs import RESERVED, slug_fault
from vaultaris_directory.users.models import User
from vaultaris_directory.users.schemas import Email, Password, Username, UserOut, user_out
from vaultaris_kit.http.fields import CreateBody, Name


def _master_slug(slug: str) -> str:
    if fault := slug_fault(slug, reserved=RESERVED - {"master"}):
        raise ValueError(fault)
    return slug


MasterSlug = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=200), AfterValidator(_master_slug)
]  # fmt: skip


class SetupBody(CreateBody):
    admin_username: Username
    admin_email: Email
    admin_password: Password
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
