"""What routes declare: who may call them, and the parts of the runtime they use.

Every route names its guard; a route without one is public, and a test lists those by name.
"""

from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

from fastapi import Depends, Request, params

from vaultaris_kit.dpop.proofs import Target
from vaultaris_kit.errors import Forbidden, NotFound
from vaultaris_kit.ids import read_id
from vaultaris_kit.principal import Principal

if TYPE_CHECKING:
    from vaultaris_kit.service import Runtime


_PRINCIPAL = "vaultaris.principal"


def runtime_of(request: Request) -> "Runtime":
    """The running service behind a request."""
    runtime: Runtime = request.app.state.runtime
    return runtime


def target_of(request: Request) -> Target:
    """What a DPoP proof of this request must be for."""
    return Target(request.method, request.scope["path"])


async def authenticated(request: Request) -> Principal:
    """The caller, verified once a request however often it is asked for."""
    known: Principal | None = request.scope.get(_PRINCIPAL)
    if known is None:
        authenticator = runtime_of(request).authenticator
        known = request.scope[_PRINCIPAL] = await authenticator.authenticate(request.headers, target_of(request))
    return known


async def _person(request: Request) -> Principal:
    principal = await authenticated(request)
    if not principal.is_present:
        raise Forbidden("Only a signed-in person may do this.")
    return principal


async def _api_key(request: Request) -> Principal:
    principal = await authenticated(request)
    if principal.kind != "api_key":
        raise Forbidden("Only an API key may do this.")
    return principal


Caller = Annotated[Principal, Depends(authenticated)]
"""Any verified caller; the operation itself decides what they may."""

Person = Annotated[Principal, Depends(_person)]
"""A signed-in human being, and no client that acts for one."""


ApiKeyHolder = Annotated[Principal, Depends(_api_key)]
"""Whoever presents an API key."""


class _Allow:
    """A guard: the caller holds ``right`` in the tenant that the path names (or else in their own)."""

    def __init__(self, right: str) -> None:
        self.right = right

    async def __call__(self, request: Request) -> Principal:
        principal = await authenticated(request)
        await runtime_of(request).access.require(principal, self.right, tenant_of(request))
        return principal


def allow(right: str) -> params.Depends:
    """``Annotated[Principal, allow("users:read")]``, or ``dependencies=[allow("users:read")]``: see :class:`_Allow`."""
    guard: params.Depends = Depends(_Allow(right))
    return guard


def tenant_of(request: Request) -> UUID | None:
    """The tenant that the path names, if it does. Raises :class:`NotFound` when that is no id."""
    value: str | None = request.path_params.get("tenant_id")
    if value is None:
        return None
    try:
        return read_id(value)
    except ValueError as fault:
        raise NotFound from fault


def security_of(route: Any) -> str | None:
    """The right that a route demands, "" when any caller will do, None when it is public."""
    dependant = getattr(route, "dependant", None)
    for dependency in getattr(dependant, "dependencies", ()):
        if isinstance(dependency.call, _Allow):
            return dependency.call.right
        if dependency.call in (authenticated, _person, _api_key):
            return ""
    return None
