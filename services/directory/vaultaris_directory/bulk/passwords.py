"""Passwords that come with rows: checked against the policy, hashed a few at a time."""

import asyncio
from collections.abc import Sequence
from uuid import UUID

from vaultaris_directory.bulk.candidates import Candidate, Tally
from vaultaris_directory.passwords.hashing import Passwords
from vaultaris_directory.passwords.policy import PasswordPolicy
from vaultaris_directory.users.credentials import policy_of
from vaultaris_kit.errors import Detail
from vaultaris_kit.service import Runtime

_AT_ONCE = 8
"""Far fewer than the queue holds: people who sign in meanwhile must not be turned away."""


async def settle_passwords(
    runtime: Runtime, tenant_id: UUID, fit: Sequence[Candidate], tally: Tally, *, dry_run: bool
) -> list[Candidate]:
    """Those whose password, if they bring one, the tenant allows; with its hash unless nothing is to be written."""
    policy, mfa_required = await policy_of(runtime, tenant_id)
    passwords = runtime.get(Passwords)
    allowed = [each for each in fit if _is_allowed(each, tally, policy, passwords, mfa_required=mfa_required)]
    for each in allowed:
        each.password_hash = each.user.password_hash
    plain = [each for each in allowed if each.user.password and not dry_run]
    for start in range(0, len(plain), _AT_ONCE):
        await asyncio.gather(*(_hash(each, passwords) for each in plain[start : start + _AT_ONCE]))
    return allowed


def _is_allowed(
    each: Candidate, tally: Tally, policy: PasswordPolicy, passwords: Passwords, *, mfa_required: bool
) -> bool:
    if each.user.password is None:
        return True
    names = (each.user.username, each.user.email)
    faults = policy.faults(each.user.password, names=names, common=passwords.common, mfa_required=mfa_required)
    if faults:
        tally.fail(each.row, *(Detail(field="password", message=why.message, code=why.code) for why in faults))
    return not faults


async def _hash(each: Candidate, passwords: Passwords) -> None:
    assert each.user.password is not None
    each.password_hash = await passwords.hash(each.user.password)
