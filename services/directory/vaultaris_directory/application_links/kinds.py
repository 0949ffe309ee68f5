"""The kinds of the directory's own things that an application can have."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from vaultaris_directory.application_links.models import GroupLink, PermissionLink, RoleLink
from vaultaris_directory.applications.repository import Applications
from vaultaris_directory.base import OUTBOX
from vaultaris_directory.groups.repository import Groups
from vaultaris_directory.permissions.repository import Permissions
from vaultaris_directory.roles.repository import Roles
from vaultaris_kit.application_links.kinds import Kind
from vaultaris_kit.limits.capped import refuse_frozen
from vaultaris_kit.service import Runtime


@asynccontextmanager
async def _in_application(
    runtime: Runtime, tenant_id: UUID, application_id: UUID, *, to_change: bool = False
) -> AsyncIterator[AsyncSession]:
    async with runtime.database.tenant(tenant_id) as session:
        application = await Applications(session, tenant_id).get(application_id, lock=to_change)
        if to_change:
            refuse_frozen("The application", application.freeze_reason)
        yield session


ROLES = Kind("role", "roles", Roles, RoleLink, OUTBOX, _in_application)
GROUPS = Kind("group", "groups", Groups, GroupLink, OUTBOX, _in_application)
PERMISSIONS = Kind("permission", "permissions", Permissions, PermissionLink, OUTBOX, _in_application)
