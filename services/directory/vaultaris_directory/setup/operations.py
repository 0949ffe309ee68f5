"""First-run setup: everything or nothing, and once."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from vaultaris_directory.base import OUTBOX
from vaultaris_directory.links import link
from vaultaris_directory.locks import lock_tree
from vaultaris_directory.tenants.models import Tenant
from vaultaris_directory.tenants.operations import add_tenant
from vaultaris_directory.tenants.system_roles import ADMIN
from vaultaris_directory.users.models import User, UserRole
from vaultaris_directory.users.operations import create_user
from vaultaris_kit.errors import Conflict
from vaultaris_kit.ids import MASTER_TENANT_ID
from vaultaris_kit.principal import SYSTEM


async def is_configured(session: AsyncSession) -> bool:
    """Whether setup has been done. It is done as one transaction, so the master tenant tells."""
    return (await session.execute(select(Tenant.id).where(Tenant.id == MASTER_TENANT_ID))).first() is not None


async def begin_setup(session: AsyncSession) -> None:
    """Lets one setup at a time go on. Raises :class:`Conflict` when it has been done."""
    await lock_tree(session, "setup", MASTER_TENANT_ID)
    if await is_configured(session):
        raise Conflict("This instance has been set up already.", code="already_configured")


async def set_up(
    session: AsyncSession, *, tenant: Mapping[str, Any], admin: Mapping[str, Any], password_hash: str
) -> tuple[Tenant, User]:
    """The master tenant with its system roles, and its first administrator."""
    master, roles = await add_tenant(session, SYSTEM, tenant_id=MASTER_TENANT_ID, fields=tenant)
    user = await create_user(
        session, SYSTEM, tenant_id=MASTER_TENANT_ID, fields=admin, password_hash=password_hash
    )  # fmt: skip
    await link(session, UserRole, MASTER_TENANT_ID, user_id=user.id, role_id=roles[ADMIN])
    OUTBOX.emit(
        session, SYSTEM, "setup.completed", MASTER_TENANT_ID, resource_type="tenant", resource_id=MASTER_TENANT_ID,
        new={"admin_user_id": user.id, "admin_username": user.username},
    )  # fmt: skip
    return master, user
