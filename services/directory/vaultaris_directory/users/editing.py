"""Who may change what of a user: self-service, administration, and nobody above themselves."""

import time
from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from vaultaris_directory.effective.grants import require_not_above, rights_of_user
from vaultaris_directory.passwords.verification import Refused, guess_by_id, verify_password
from vaultaris_kit.errors import Forbidden
from vaultaris_kit.principal import Principal
from vaultaris_kit.rights import RightSet
from vaultaris_kit.service import Runtime

OWN_FIELDS = frozenset(
    {"phone", "first_name", "last_name", "display_name", "avatar_url", "locale", "timezone", "password"}
)
"""What a person may change of themselves without any right."""

CREDENTIAL_FIELDS = frozenset({"username", "email", "email_verified", "password"})
"""Whoever controls these can sign in as the user."""

FRESH_SIGN_IN_SECONDS = 300


@dataclass(frozen=True, slots=True)
class Editor:
    """The caller, towards one user. ``administers`` is whether they hold the right that the call demands."""

    principal: Principal
    rights: RightSet
    is_self: bool
    administers: bool


async def editor_of(runtime: Runtime, principal: Principal, right: str, tenant_id: UUID, user_id: UUID) -> Editor:
    """The caller as editor or reader of a user. Raises :class:`Forbidden` unless it is themselves or they may."""
    if principal.is_present and principal.id == user_id and principal.tenant_id == tenant_id:
        rights = await runtime.access.rights_of(principal)
        return Editor(principal, rights, is_self=True, administers=right in rights)
    rights = await runtime.access.require(principal, right, tenant_id)
    return Editor(principal, rights, is_self=False, administers=True)


async def authorize_changes(
    session: AsyncSession, editor: Editor, tenant_id: UUID, user_id: UUID, fields: Collection[str]
) -> None:
    """Raises :class:`Forbidden` when the editor may not change one of ``fields``."""
    if not editor.administers and (others := sorted(set(fields) - OWN_FIELDS)):
        raise Forbidden(f"You may not change these yourself: {', '.join(others)}.")
    if not editor.is_self and not CREDENTIAL_FIELDS.isdisjoint(fields):
        require_not_above(editor.rights, await rights_of_user(session, tenant_id, user_id))


async def prove_again(runtime: Runtime, editor: Editor, current_password: str | None) -> None:
    """Who changes their own password has just signed in or knows the old one; a wrong one counts as a failure."""
    principal = editor.principal
    if not editor.is_self:
        return
    if current_password is None:
        if time.time() - principal.auth_time > FRESH_SIGN_IN_SECONDS:
            raise Forbidden("Your sign-in is too old for this: give current_password, or sign in again.")
        return
    guess = guess_by_id(principal.tenant_id, principal.id, current_password, principal.client_id or "")
    if isinstance(await verify_password(runtime, guess), Refused):
        raise Forbidden("The current password is not right.")
