"""What can be done to users."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from vaultaris_directory.base import OUTBOX
from vaultaris_directory.changes import apply_changes, state_of
from vaultaris_directory.effective.grants import require_held, rights_of_user
from vaultaris_directory.users.creating import create_in_session
from vaultaris_directory.users.editing import Editor, authorize_changes
from vaultaris_directory.users.logins import login_key
from vaultaris_directory.users.models import User
from vaultaris_directory.users.repository import Users
from vaultaris_kit.clashes import flush_or_clash
from vaultaris_kit.errors import Conflict, Forbidden
from vaultaris_kit.http.preconditions import check_version
from vaultaris_kit.ids import now
from vaultaris_kit.limits.capped import require_thawed
from vaultaris_kit.principal import Principal
from vaultaris_kit.rights import RightSet

_CLASHES = {
    "uq_users_username": "The username is taken, or was by a user who has been deleted and can be restored.",
    "uq_users_email": "The email is taken, or was by a user who has been deleted and can be restored.",
}

KEPT_HASHES = 24


async def create_user(
    session: AsyncSession,
    principal: Principal,
    *,
    tenant_id: UUID,
    fields: Mapping[str, Any],
    password_hash: str | None,
) -> User:
    """A new user, among other changes of a session. Raises :class:`Conflict` for a taken name."""
    row = await create_in_session(
        session, principal, tenant_id=tenant_id, fields=fields, password_hash=password_hash
    )  # fmt: skip
    return await Users(session, tenant_id).get(row["id"])


async def update_user(
    session: AsyncSession,
    editor: Editor,
    *,
    tenant_id: UUID,
    user_id: UUID,
    changes: Mapping[str, Any],
    password_hash: str | None,
    expected: int | None,
) -> User:
    """Changes profile, status and password. Raises NotFound, Forbidden, Conflict, PreconditionFailed."""
    user = await Users(session, tenant_id).get(user_id, lock=True)
    check_version(user.version, expected)
    require_thawed(user)
    await authorize_changes(session, editor, tenant_id, user_id, [*changes, *(["password"] if password_hash else [])])
    if editor.is_self and changes.get("status", "active") != "active":
        raise Forbidden("You can't shut yourself out.")
    changes = _with_keys(_with_consequences(user, changes))
    if not {"username_key", "email_key"}.isdisjoint(changes):
        keys = (changes.get("username_key", user.username_key), changes.get("email_key", user.email_key))
        await _check_crossing(session, tenant_id, *keys, user_id)
    old, new = apply_changes(user, changes)
    if password_hash:
        _set_password(user, password_hash)
    await flush_or_clash(session, _CLASHES)
    _tell_changes(session, editor.principal, user, old, new, password=password_hash is not None)
    return user


async def delete_user(
    session: AsyncSession, principal: Principal, *, tenant_id: UUID, user_id: UUID, expected: int | None
) -> None:
    """Marks a user as deleted; their names stay taken. Nobody deletes themselves."""
    user = await Users(session, tenant_id).get(user_id, lock=True)
    check_version(user.version, expected)
    if principal.id == user_id:
        raise Forbidden("You can't delete yourself.")
    old = state_of(user)
    user.deleted_at = now()
    _emit(session, principal, "user.deleted", user, old=old)


async def purge_user(
    session: AsyncSession, principal: Principal, *, tenant_id: UUID, user_id: UUID, expected: int | None
) -> None:
    """Removes a user for good, deleted before or not, with all that they belonged to. Nobody purges themselves.

    The trail keeps what happened; of the person it is told no more than before.
    """
    user = await Users(session, tenant_id).get(user_id, include_deleted=True, lock=True)
    check_version(user.version, expected)
    if principal.id == user_id:
        raise Forbidden("You can't delete yourself.")
    old = {"username": user.username, "deleted_at": user.deleted_at}
    await session.delete(user)
    _emit(session, principal, "user.purged", user, old=old)


async def restore_user(
    session: AsyncSession, principal: Principal, held: RightSet, *, tenant_id: UUID, user_id: UUID
) -> User:
    """Brings a deleted user back, with everything they belonged to. A live user is left as they are."""
    user = await Users(session, tenant_id).get(user_id, include_deleted=True, lock=True)
    if user.deleted_at is not None:
        require_held(held, await rights_of_user(session, tenant_id, user_id))
        user.deleted_at = None
        await session.flush()
        _emit(session, principal, "user.restored", user, new=state_of(user))
    return user


def _with_keys(fields: Mapping[str, Any]) -> dict[str, Any]:
    keys = {f"{name}_key": login_key(fields[name]) for name in ("username", "email") if name in fields}
    return {**fields, **keys}


def _with_consequences(user: User, changes: Mapping[str, Any]) -> dict[str, Any]:
    """Another address or number has not been verified, unless the caller says so."""
    consequences: dict[str, Any] = {}
    if "email" in changes and login_key(changes["email"]) != user.email_key:
        consequences["email_verified"] = False
    if "phone" in changes and changes["phone"] != user.phone:
        consequences["phone_verified"] = False
    return {**consequences, **changes}


async def _check_crossing(
    session: AsyncSession, tenant_id: UUID, username_key: str, email_key: str, but: UUID | None
) -> None:
    if await Users(session, tenant_id).crosses(username_key, email_key, but):
        raise Conflict("The username is another user's email, or the other way round.")


def _set_password(user: User, password_hash: str) -> None:
    """The lockout ends with the old password: it was that one that somebody guessed at."""
    if user.password_hash:
        user.password_history = [user.password_hash, *user.password_history][:KEPT_HASHES]
    user.password_hash, user.password_changed_at = password_hash, now()
    user.failed_login_attempts, user.lockouts, user.locked_until = 0, 0, None


def _tell_changes(
    session: AsyncSession, principal: Principal, user: User, old: dict[str, Any], new: dict[str, Any], *, password: bool
) -> None:
    """Status and password have events of their own, because others act on them."""
    if "status" in new:
        verb = "activated" if new["status"] == "active" else "deactivated"
        status = {"old": {"status": old.pop("status")}, "new": {"status": new.pop("status")}}
        _emit(session, principal, f"user.{verb}", user, **status)
    if password:
        _emit(session, principal, "user.password_changed", user)
    if new:
        _emit(session, principal, "user.updated", user, old=old, new=new)


def _emit(session: AsyncSession, principal: Principal, event_type: str, user: User, **values: Any) -> None:
    OUTBOX.emit(session, principal, event_type, user.tenant_id, resource_type="user", resource_id=user.id, **values)
