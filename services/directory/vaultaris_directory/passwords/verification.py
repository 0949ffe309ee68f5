"""Verifying a password: the guess is hashed outside any transaction, its outcome is settled under the row's lock.

Whoever asks learns only yes or no, after the same work: an unknown, locked or inactive user costs a hash too.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from vaultaris_directory.base import OUTBOX
from vaultaris_directory.passwords.hashing import Passwords
from vaultaris_directory.passwords.last_sign_ins import LastSignIns
from vaultaris_directory.passwords.lockout import Standing
from vaultaris_directory.passwords.policy import PasswordPolicy
from vaultaris_directory.passwords.statements import find_user, is_plain_success
from vaultaris_directory.tenants.models import Tenant
from vaultaris_directory.users.logins import by_login, login_key
from vaultaris_directory.users.models import User
from vaultaris_kit.database import Database
from vaultaris_kit.ids import now
from vaultaris_kit.principal import SYSTEM
from vaultaris_kit.service import Runtime

_TOLD_LOGIN_CHARS = 254


@dataclass(frozen=True, slots=True)
class Verified:
    """The password is right and the user may sign in."""

    user: User


@dataclass(frozen=True, slots=True)
class Refused:
    """The user may not sign in; the reason is for the audit trail, not for the caller's caller."""

    reason: str

    @property
    def expired(self) -> bool:
        return self.reason == "password_expired"


@dataclass(frozen=True, slots=True)
class Guess:
    """One attempt. ``found`` selects the user whom it is about, and ``who`` names them: an id, or a folded login."""

    tenant_id: UUID
    found: Select[Any]
    who: UUID | str
    told_login: str
    password: str
    client_id: str = ""


def guess_by_login(tenant_id: UUID, login: str, password: str, client_id: str) -> Guess:
    """An attempt to sign in by user name or e-mail address."""
    return Guess(
        tenant_id, by_login(tenant_id, login), login_key(login), login[:_TOLD_LOGIN_CHARS], password, client_id
    )


def guess_by_id(tenant_id: UUID, user_id: UUID, password: str, client_id: str) -> Guess:
    """A signed-in person who proves once more who they are."""
    found = select(User).where(User.tenant_id == tenant_id, User.id == user_id, User.deleted_at.is_(None))
    return Guess(tenant_id, found, user_id, str(user_id), password, client_id)


async def verify_password(runtime: Runtime, guess: Guess) -> Verified | Refused:
    """Settles one guess: counts it, locks, tells the audit trail. Raises Unavailable when no hashing slot is free."""
    database, passwords = runtime.database, runtime.get(Passwords)
    passwords.require_room()
    user, tenant = await find_user(database, guess.tenant_id, guess.who)
    stored = user.password_hash if user and not _refusal(user, tenant, now()) else None
    matches = await passwords.verify(stored, guess.password)
    if (
        user and tenant and stored and matches
        and not passwords.outdated(stored) and not _expiry(user, tenant, now())
        and await is_plain_success(database, user, stored)
    ):  # fmt: skip
        runtime.get(LastSignIns).note(user.id, now())
        return Verified(user)
    return await _settle_under_lock(database, passwords, guess, stored, matches=matches)


async def _settle_under_lock(
    database: Database, passwords: Passwords, guess: Guess, stored: str | None, *, matches: bool
) -> Verified | Refused:
    """Everything but the plain success: failures and their counting, new parameters, changes that came in between."""
    fresh = await passwords.hash(guess.password) if matches and stored and passwords.outdated(stored) else None
    async with database.tenant(guess.tenant_id) as session:
        user, tenant = await _read(session, guess)
        if user is None or tenant is None:
            return _refuse(session, guess, None, "unknown_user")
        at = now()
        reason = _refusal(user, tenant, at) or (None if matches and user.password_hash == stored else "wrong_password")
        if reason == "wrong_password":
            await _count_failure(session, user, tenant, at)
        if reason is None:
            await _record_success(session, user, at, fresh)
            reason = _expiry(user, tenant, at)
        return _refuse(session, guess, user, reason) if reason else Verified(user)


async def _read(session: AsyncSession, guess: Guess) -> tuple[User | None, Tenant | None]:
    found = guess.found.with_for_update(of=User, key_share=True)
    user = (await session.execute(found)).scalar_one_or_none()
    return user, await session.get(Tenant, guess.tenant_id)


def _refusal(user: User, tenant: Tenant | None, at: datetime) -> str | None:
    """Why this user may not sign in, whatever the password; None when they may."""
    if tenant is None or tenant.deleted_at or tenant.status != "active" or tenant.freeze_reason:
        return "tenant_not_active"
    if user.status != "active":
        return "user_not_active"
    if user.freeze_reason:
        return "user_frozen"
    if standing_of(user).locked(at):
        return "locked"
    return None if user.password_hash else "no_password"


def _expiry(user: User, tenant: Tenant, at: datetime) -> str | None:
    days = PasswordPolicy.of(tenant.password_policy).max_age_days
    changed = user.password_changed_at
    return "password_expired" if days and changed and changed + timedelta(days=days) < at else None


def standing_of(user: User) -> Standing:
    """The lockout standing in a user's row."""
    return Standing(user.failed_login_attempts, user.lockouts, user.locked_until)


async def _count_failure(session: AsyncSession, user: User, tenant: Tenant, at: datetime) -> None:
    before = standing_of(user)
    after = before.after_failure(PasswordPolicy.of(tenant.password_policy), at)
    await _settle(session, user, after)
    if after.locked(at):
        OUTBOX.emit(
            session, SYSTEM, "user.locked", user.tenant_id, resource_type="user", resource_id=user.id,
            new={"locked_until": after.locked_until, "failed_login_attempts": after.failures},
        )  # fmt: skip


async def _record_success(session: AsyncSession, user: User, at: datetime, fresh_hash: str | None) -> None:
    values: dict[str, Any] = {"last_login_at": at}
    if fresh_hash:
        values["password_hash"] = fresh_hash
    await _settle(session, user, Standing(), **values)


async def _settle(session: AsyncSession, user: User, standing: Standing, **values: Any) -> None:
    """Writes the outcome without making it a new version of the user: nobody edited them."""
    await session.execute(
        update(User)
        .where(User.id == user.id)
        .values(
            failed_login_attempts=standing.failures,
            lockouts=standing.lockouts,
            locked_until=standing.locked_until,
            updated_at=User.updated_at,
            **values,
        )
        .execution_options(synchronize_session=False)
    )


def _refuse(session: AsyncSession, guess: Guess, user: User | None, reason: str) -> Refused:
    OUTBOX.emit(
        session, SYSTEM, "auth.login.failed", guess.tenant_id, resource_type="user",
        resource_id=user.id if user else None,
        metadata={"method": "password", "reason": reason, "login": guess.told_login, "client_id": guess.client_id},
    )  # fmt: skip
    return Refused(reason)
