"""Setting a password: checked against the tenant's policy, then hashed, before any transaction is open."""

from collections.abc import Collection
from dataclasses import dataclass

from vaultaris_directory.passwords.hashing import Passwords
from vaultaris_directory.passwords.policy import PasswordPolicy
from vaultaris_kit.errors import Detail, Invalid


@dataclass(frozen=True, slots=True)
class NewPassword:
    """A password that somebody wants: whose it is, and which hashes it must not match."""

    password: str
    names: Collection[str]
    earlier: Collection[str] = ()
    field: str = "password"


async def hash_new_password(
    passwords: Passwords, policy: PasswordPolicy, wanted: NewPassword, *, mfa_required: bool
) -> str:
    """The hash to store. Raises :class:`Invalid` with every fault, :class:`Unavailable` when no slot is free."""
    faults = policy.faults(
        wanted.password, names=wanted.names, common=passwords.common, mfa_required=mfa_required
    )  # fmt: skip
    if faults:
        raise Invalid(details=[Detail(field=wanted.field, message=each.message, code=each.code) for each in faults])
    if wanted.earlier and await passwords.reused(wanted.earlier, wanted.password):
        raise Invalid.field(wanted.field, "Has been used before.", "password_reused")
    return await passwords.hash(wanted.password)
