"""What can be done to tenants."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from vaultaris.auth.v1.auth_pb2 import ProvisionTenantRequest, ProvisionTenantResponse
from vaultaris.auth.v1.auth_pb2_grpc import AuthServiceStub
from vaultaris_directory.base import OUTBOX
from vaultaris_directory.changes import apply_changes, state_of
from vaultaris_directory.passwords.policy import merge_policy
from vaultaris_directory.tenants.models import Tenant
from vaultaris_directory.tenants.repository import get_tenant
from vaultaris_directory.tenants.system_roles import add_system_roles
from vaultaris_kit.clashes import flush_or_clash
from vaultaris_kit.errors import Forbidden
from vaultaris_kit.http.preconditions import check_version
from vaultaris_kit.ids import MASTER_TENANT_ID, now
from vaultaris_kit.principal import Principal
from vaultaris_kit.rpc.client import Peers, call

_CLASHES = {"uq_tenants_slug": "The slug is taken, or was by a tenant that has been deleted."}

_DEFAULTS: dict[str, Any] = {
    "settings": {},
    "access_token_lifetime_seconds": 3600,
    "refresh_token_lifetime_seconds": 2_592_000,
    "id_token_lifetime_seconds": 3600,
    "authorization_code_lifetime_seconds": 60,
    "password_policy": {},
    "mfa_enabled": True,
    "mfa_required": False,
    "status": "active",
    "is_billing_shadow": False,
}


def require_instance_administrator(principal: Principal) -> None:
    """Tenants as such are the business of the master tenant. Raises :class:`Forbidden`."""
    if not principal.in_master_tenant:
        raise Forbidden("Only administrators of the master tenant may do this.")


async def add_tenant(
    session: AsyncSession, principal: Principal, *, tenant_id: UUID, fields: Mapping[str, Any]
) -> tuple[Tenant, dict[str, UUID]]:
    """A new tenant with its system roles, whose ids by name are returned. Raises :class:`Conflict` for a taken slug."""
    policy = merge_policy({}, fields.get("password_policy", {}))
    tenant = Tenant(id=tenant_id, **{**_DEFAULTS, **fields, "password_policy": policy})
    session.add(tenant)
    await flush_or_clash(session, _CLASHES)
    roles = await add_system_roles(session, tenant_id)
    OUTBOX.emit(
        session, principal, "tenant.created", tenant_id, resource_type="tenant", resource_id=tenant_id,
        new=state_of(tenant),
    )  # fmt: skip
    return tenant, roles


async def create_tenant(
    session: AsyncSession, principal: Principal, peers: Peers, *, tenant_id: UUID, fields: Mapping[str, Any]
) -> Tenant:
    """A new tenant that can sign tokens when the transaction ends. Raises Forbidden, Conflict, Unavailable."""
    require_instance_administrator(principal)
    tenant, _ = await add_tenant(session, principal, tenant_id=tenant_id, fields=fields)
    await provision_in_auth(peers, tenant_id)
    return tenant


async def provision_in_auth(
    peers: Peers, tenant_id: UUID, *, with_console_client: bool = False
) -> ProvisionTenantResponse:
    """Has auth make the tenant's signing keys; idempotent, so that it may be called before our own commit."""
    request = ProvisionTenantRequest(tenant_id=str(tenant_id), with_console_client=with_console_client)
    return await call(AuthServiceStub(peers.channel("auth")).ProvisionTenant, request, timeout=10)


async def update_tenant(
    session: AsyncSession,
    principal: Principal,
    *,
    tenant_id: UUID,
    changes: Mapping[str, Any],
    expected: int | None,
) -> Tenant:
    """Changes what is named. The status is for administrators of the master tenant, which itself stays active."""
    tenant = await get_tenant(session, tenant_id, lock=True)
    check_version(tenant.version, expected)
    if changes.get("status", tenant.status) != tenant.status:
        _check_status_change(principal, tenant)
        changes = {**changes, **changes_of_status(tenant, changes["status"])}
    if "password_policy" in changes:
        changes = {**changes, "password_policy": merge_policy(tenant.password_policy, changes["password_policy"])}
    old, new = apply_changes(tenant, changes)
    if new:
        await session.flush()
        OUTBOX.emit(
            session, principal, event_type_of(new), tenant_id, resource_type="tenant", resource_id=tenant_id,
            old=old, new=new,
        )  # fmt: skip
    return tenant


def _check_status_change(principal: Principal, tenant: Tenant) -> None:
    require_instance_administrator(principal)
    if tenant.id == MASTER_TENANT_ID:
        raise Forbidden("The master tenant always stays active.")


def changes_of_status(tenant: Tenant, status: str) -> dict[str, Any]:
    """Another status, with what goes with it: a suspended tenant is frozen for that reason."""
    if status == tenant.status:
        return {}
    return {"status": status, "freeze_reason": "suspension" if status == "suspended" else None}


def event_type_of(new: Mapping[str, Any]) -> str:
    """A change of status has a name of its own, because others act on it."""
    by_status = {"suspended": "tenant.suspended", "archived": "tenant.archived", "active": "tenant.activated"}
    return by_status.get(new.get("status", ""), "tenant.updated")


async def delete_tenant(session: AsyncSession, principal: Principal, *, tenant_id: UUID, expected: int | None) -> None:
    """Marks a tenant as deleted; its slug stays taken. Raises :class:`Forbidden` for the master tenant."""
    require_instance_administrator(principal)
    if tenant_id == MASTER_TENANT_ID:
        raise Forbidden("The master tenant can't be deleted.")
    tenant = await get_tenant(session, tenant_id, lock=True)
    check_version(tenant.version, expected)
    old = state_of(tenant)
    tenant.deleted_at = now()
    OUTBOX.emit(
        session, principal, "tenant.deleted", tenant_id, resource_type="tenant", resource_id=tenant_id, old=old
    )  # fmt: skip
