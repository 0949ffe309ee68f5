"""Whether a token is good, and for what, as things stand at this moment."""

from typing import Any

from vaultaris_auth.tokens.verified import token_type
from vaultaris_auth.validation.schemas import ValidateToken
from vaultaris_kit.errors import NotFound, Unauthorized
from vaultaris_kit.principal import Principal
from vaultaris_kit.rights import RightSet
from vaultaris_kit.service import Runtime

NEEDED_RIGHT = "integration:validate"

Facts = dict[str, Any]


async def validate_token(runtime: Runtime, caller: Principal, asked: ValidateToken) -> Facts:
    """The members of :class:`Validation`.

    Anybody may have their own token validated; another's needs the right ``integration:validate``. A third party's
    client that asks about its own hears of its person what their consent covers. Of a token of another tenant nothing
    is ever told, not even that it is good. Raises :class:`Forbidden`.
    """
    holder = await _holder(runtime, asked.token)
    is_own = holder is not None and holder.token_id == caller.token_id
    if not is_own:
        await runtime.access.require(caller, NEEDED_RIGHT)
    if holder is None or holder.tenant_id != caller.tenant_id:
        return invalid("The token is not valid.")
    lacking = sorted(set(asked.required_scopes or ()) - holder.scopes)
    if lacking:
        return invalid(f"Missing scopes: {' '.join(lacking)}.")
    if holder.is_person:
        facts, rights = await _of_user(runtime, holder, narrow=is_own and holder.delegated)
    else:
        facts, rights = _of_client(holder)
    lacking = sorted(right for right in asked.required_permissions or () if right not in rights)
    return invalid(f"Missing permissions: {' '.join(lacking)}.") if lacking else facts


async def _holder(runtime: Runtime, token: str) -> Principal | None:
    try:
        return await runtime.authenticator.verify_token(token)
    except Unauthorized:
        return None


async def _of_user(runtime: Runtime, holder: Principal, *, narrow: bool) -> tuple[Facts, RightSet]:
    """``narrow``: no more than the scopes of the token cover."""
    try:
        effective = await runtime.access.of_user(holder.tenant_id, holder.id)
    except NotFound:
        return invalid("The user is gone."), RightSet(())
    if not effective.active:
        return invalid("The user is not active."), RightSet(())
    user = effective.answer.user
    roles = sorted(role.name for role in effective.answer.roles)
    rights = effective.rights.narrowed(holder.scopes) if narrow else effective.rights
    email = None if narrow and "email" not in holder.scopes else user.email
    identity = {"user_id": user.id, "username": user.username, "email": email, "roles": roles}
    return _valid(holder, rights, identity), rights


def _of_client(holder: Principal) -> tuple[Facts, RightSet]:
    rights = RightSet(scope for scope in holder.scopes if ":" in scope)
    return _valid(holder, rights, {"user_id": None, "username": None, "email": None, "roles": []}), rights


def _valid(holder: Principal, rights: RightSet, identity: Facts) -> Facts:
    return {
        "valid": True,
        **identity,
        "tenant_id": str(holder.tenant_id),
        "permissions": rights.names,
        "scopes": sorted(holder.scopes),
        "expires_at": holder.expires_at,
        "aud": holder.audience,
        "token_type": token_type(holder),
        "cnf": None if holder.jkt is None else {"jkt": holder.jkt},
        "error": None,
    }


def invalid(error: str) -> Facts:
    """The answer about a token that is not to be relied on: nothing but why."""
    return {
        "valid": False, "user_id": None, "tenant_id": None, "username": None, "email": None,
        "roles": [], "permissions": [], "scopes": [], "expires_at": None, "aud": None, "token_type": None, "cnf": None,
        "error": error,
    }  # fmt: skip
