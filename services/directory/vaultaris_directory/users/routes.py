"""HTTP: users."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response

from vaultaris_directory.licences.freezing import admit_restored, fill_places
from vaultaris_directory.licences.holder import Licences
from vaultaris_directory.licences.limits import stay_within_users
from vaultaris_directory.revoking import revoke_user
from vaultaris_directory.users import creating, operations, reading
from vaultaris_directory.users.credentials import hash_changed_password, hash_first_password
from vaultaris_directory.users.editing import editor_of
from vaultaris_directory.users.filters import user_filter
from vaultaris_directory.users.repository import UserFilter, Users
from vaultaris_directory.users.schemas import UserCreate, UserOut, UserUpdate, user_out
from vaultaris_directory.users.wire import one_user, page_of_users
from vaultaris_kit.http.body import JsonRoute
from vaultaris_kit.http.dependencies import Caller, allow, runtime_of
from vaultaris_kit.http.envelopes import One, PageOf, Paging, one
from vaultaris_kit.http.preconditions import ExpectedVersion, set_etag
from vaultaris_kit.principal import Principal

router = APIRouter(prefix="/api/v1/tenants/{tenant_id}/users", tags=["users"], route_class=JsonRoute)


@router.get(
    "", operation_id="users-list", response_model=PageOf[UserOut], dependencies=[allow("users:read")]
)  # fmt: skip
async def list_users(
    request: Request,
    tenant_id: UUID,
    query: Paging,
    wanted: Annotated[UserFilter, Depends(user_filter)],
) -> Response:
    """Sorts by created_at, updated_at, username or email; searches names and addresses."""
    async with runtime_of(request).database.tenant(tenant_id) as session:
        rows, total = await Users(session, tenant_id).page_filtered(query, wanted)
    return page_of_users(rows, total, query)


@router.post("", operation_id="users-create", status_code=201, response_model=One[UserOut])
async def create_user(
    request: Request, tenant_id: UUID, body: UserCreate, principal: Annotated[Principal, allow("users:create")]
) -> Response:
    runtime = runtime_of(request)
    password_hash = await hash_first_password(runtime, tenant_id, body)
    async with runtime.database.hot(tenant_id) as connection:
        user = await creating.create_user(
            connection, principal, tenant_id=tenant_id, fields=body.fields(), password_hash=password_hash
        )
        await stay_within_users(connection, runtime.get(Licences), tenant_id)
    await runtime.database.after_events()
    return one_user(user, 201)


@router.get("/{user_id}", operation_id="users-get", response_model=One[UserOut])
async def read_user(request: Request, tenant_id: UUID, user_id: UUID, principal: Caller) -> Response:
    """Needs `users:read`, except for oneself."""
    runtime = runtime_of(request)
    await editor_of(runtime, principal, "users:read", tenant_id, user_id)
    return one_user(await reading.read_user(runtime.database, tenant_id, user_id))


@router.put("/{user_id}", operation_id="users-update")
async def update_user(
    request: Request,
    response: Response,
    tenant_id: UUID,
    user_id: UUID,
    body: UserUpdate,
    expected: ExpectedVersion,
    principal: Caller,
) -> One[UserOut]:
    """Merges. Needs `users:update`; a person may change their own profile, and their password with proof.

    Another password or a status other than `active` ends every credential of the user before the answer.
    """
    runtime = runtime_of(request)
    editor = await editor_of(runtime, principal, "users:update", tenant_id, user_id)
    password_hash = await hash_changed_password(runtime, editor, tenant_id, user_id, body)
    async with runtime.database.tenant(tenant_id) as session:
        user = await operations.update_user(
            session,
            editor,
            tenant_id=tenant_id,
            user_id=user_id,
            changes=body.changes(),
            password_hash=password_hash,
            expected=expected,
        )
    if password_hash or body.status not in (None, "active"):
        await revoke_user(runtime.peers, tenant_id, user_id, "password changed" if password_hash else "deactivated")
    set_etag(response, user.version)
    return one(user_out(user))


@router.delete("/{user_id}", operation_id="users-delete", status_code=204)
async def delete_user(
    request: Request,
    tenant_id: UUID,
    user_id: UUID,
    expected: ExpectedVersion,
    principal: Annotated[Principal, allow("users:delete")],
    purge: Annotated[bool, Query(description="For good: nothing is left to restore, and the names are free.")] = False,
) -> None:
    """Marks the user as deleted, or purges one who may be deleted already; ends their credentials before the answer."""
    runtime = runtime_of(request)
    remove = operations.purge_user if purge else operations.delete_user
    async with runtime.database.tenant(tenant_id) as session:
        await remove(session, principal, tenant_id=tenant_id, user_id=user_id, expected=expected)
        await fill_places(session, runtime.get(Licences), tenant_id, "users")
    await revoke_user(runtime.peers, tenant_id, user_id, "user deleted")


@router.post("/{user_id}/restore", operation_id="users-restore")
async def restore_user(
    request: Request,
    response: Response,
    tenant_id: UUID,
    user_id: UUID,
    principal: Annotated[Principal, allow("users:restore")],
) -> One[UserOut]:
    runtime = runtime_of(request)
    held = await runtime.access.rights_of(principal)
    async with runtime.database.tenant(tenant_id) as session:
        user = await operations.restore_user(session, principal, held, tenant_id=tenant_id, user_id=user_id)
        await admit_restored(session, runtime.get(Licences), tenant_id, "users", user)
    set_etag(response, user.version)
    return one(user_out(user))
