"""A password that comes with a user's create or update."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import msgspec

from vaultaris_directory.passwords.hashing import Passwords
from vaultaris_directory.passwords.policy import PasswordPolicy
from vaultaris_directory.passwords.setting import NewPassword, hash_new_password
from vaultaris_directory.users.editing import Editor, authorize_changes, prove_again
from vaultaris_directory.users.models import User
from vaultaris_directory.users.repository import Users
from vaultaris_directory.users.schemas import UserCreate, UserUpdate
from vaultaris_kit.service import Runtime


async def hash_first_password(runtime: Runtime, tenant_id: UUID, body: UserCreate) -> str | None:
    """The hash of a new user's password; None when they get none. Raises Invalid, Unavailable."""
    if body.password is None:
        return None
    wanted = NewPassword(body.password, (body.username, body.email))
    return await _hash(runtime, tenant_id, wanted)


async def hash_changed_password(
    runtime: Runtime, editor: Editor, tenant_id: UUID, user_id: UUID, body: UserUpdate
) -> str | None:
    """The hash of a user's next password; None when it stays. Raises NotFound, Forbidden, Invalid, Unavailable."""
    if body.password is None:
        return None
    async with runtime.database.tenant(tenant_id) as session:
        user = await Users(session, tenant_id).get(user_id)
        await authorize_changes(session, editor, tenant_id, user_id, {"password"})
    await prove_again(runtime, editor, body.current_password)
    names = (body.username or user.username, body.email or user.email)
    policy, _ = await policy_of(runtime, tenant_id)
    return await _hash(runtime, tenant_id, NewPassword(body.password, names, earlier_hashes(user, policy)))


def earlier_hashes(user: User, policy: PasswordPolicy) -> Sequence[str]:
    """The hashes that the next password must not match: as many of the last ones as the policy says."""
    last: list[Any] = [*([user.password_hash] if user.password_hash else []), *user.password_history]
    return last[: policy.history_count]


async def _hash(runtime: Runtime, tenant_id: UUID, wanted: NewPassword) -> str:
    policy, mfa_required = await policy_of(runtime, tenant_id)
    return await hash_new_password(runtime.get(Passwords), policy, wanted, mfa_required=mfa_required)


async def policy_of(runtime: Runtime, tenant_id: UUID) -> tuple[PasswordPolicy, bool]:
    """The policy in force in a tenant, and whether it requires a second factor."""
    tenant = await runtime.access.tenant(tenant_id)
    return PasswordPolicy.of(msgspec.json.decode(tenant.password_policy)), tenant.mfa_required
