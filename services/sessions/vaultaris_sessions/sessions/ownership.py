"""A person needs no right to see and end their own sessions."""

from uuid import UUID

from vaultaris_kit.access import Access
from vaultaris_kit.errors import Forbidden
from vaultaris_kit.principal import Principal


async def require_for_user(access: Access, principal: Principal, right: str, tenant_id: UUID, user_id: UUID) -> None:
    """Lets users themselves pass, and whoever holds ``right`` in the tenant. Raises :class:`Forbidden`."""
    if not (principal.is_present and (principal.tenant_id, principal.id) == (tenant_id, user_id)):
        await access.require(principal, right, tenant_id)


async def whose_sessions(access: Access, principal: Principal, right: str, tenant_id: UUID) -> UUID | None:
    """None when the caller holds ``right`` in the tenant, else the one user whose sessions they may touch: theirs.

    Raises :class:`Forbidden` for a caller that is no person, or not of this tenant.
    """
    try:
        await access.require(principal, right, tenant_id)
    except Forbidden:
        if principal.is_present and principal.tenant_id == tenant_id:
            return principal.id
        raise
    return None
