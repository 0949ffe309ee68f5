"""Which cluster is asking: by the service token of the instance, or by an API key with ``kubernetes:review``."""

import hmac
from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Request
from starlette.datastructures import Headers

from vaultaris_kit.api_keys.format import PREFIX
from vaultaris_kit.errors import Forbidden
from vaultaris_kit.http.dependencies import authenticated, runtime_of, target_of
from vaultaris_kit.principal import SYSTEM, Principal
from vaultaris_policy.settings import PolicySettings

_RIGHT = "kubernetes:review"


@dataclass(frozen=True, slots=True)
class Reviewer:
    """A cluster. ``tenant_id`` is the only tenant that it may know of; None means whichever a token belongs to."""

    principal: Principal
    tenant_id: UUID | None


async def reviewer(request: Request) -> Reviewer:
    """Raises :class:`Unauthorized`, or :class:`Forbidden` for a credential of another kind."""
    settings = runtime_of(request).settings
    assert isinstance(settings, PolicySettings)
    bearer = _bearer(request)
    expected = settings.k8s_service_token.get_secret_value()
    if expected and hmac.compare_digest(bearer.encode(), expected.encode()):
        return Reviewer(SYSTEM, settings.k8s_tenant_id)
    principal = await _key(request, bearer)
    if principal.kind != "api_key":
        raise Forbidden(f"An API key with the scope {_RIGHT} is needed.")
    await runtime_of(request).access.require(principal, _RIGHT)
    return Reviewer(principal, principal.tenant_id)


def _bearer(request: Request) -> str:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


async def _key(request: Request, bearer: str) -> Principal:
    """An API server sends what its kubeconfig names ``token`` as Bearer, API keys included."""
    if not bearer.startswith(PREFIX):
        return await authenticated(request)
    return await runtime_of(request).authenticator.authenticate(Headers({"x-api-key": bearer}), target_of(request))


Cluster = Annotated[Reviewer, Depends(reviewer)]
