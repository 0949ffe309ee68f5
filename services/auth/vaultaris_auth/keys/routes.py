"""Management of signing keys."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request

from vaultaris_auth.keys import operations, repository
from vaultaris_auth.keys.keyring import Keyring
from vaultaris_auth.keys.schemas import RotateKey, SigningKeyOut
from vaultaris_auth.revocations.announcer import Announcer
from vaultaris_auth.telling import tell_everybody
from vaultaris_kit.http.body import JsonRoute
from vaultaris_kit.http.dependencies import allow, runtime_of
from vaultaris_kit.http.envelopes import ListOf, One, list_of, one
from vaultaris_kit.principal import Principal

router = APIRouter(prefix="/api/v1/tenants/{tenant_id}/keys", tags=["keys"], route_class=JsonRoute)


@router.get("", operation_id="keys-list")
async def list_keys(
    request: Request, tenant_id: UUID, _principal: Annotated[Principal, allow("keys:read")]
) -> ListOf[SigningKeyOut]:
    """Every signing key of the tenant that still verifies, the newest first."""
    async with runtime_of(request).database.tenant(tenant_id) as session:
        rows = await repository.list_keys(session, tenant_id)
    return list_of(rows, SigningKeyOut.of)


@router.post("/rotate", operation_id="keys-rotate")
async def rotate_key(
    request: Request,
    tenant_id: UUID,
    principal: Annotated[Principal, allow("keys:rotate")],
    body: RotateKey | None = None,
) -> One[SigningKeyOut]:
    """A new active key; the one that it replaces goes on verifying until its last token has expired.

    With `revoke_previous` it verifies nothing from now on, in no service: the caller's own token ends with it.
    """
    runtime = runtime_of(request)
    keyring = runtime.get(Keyring)
    algorithm = body.algorithm if body else None
    async with runtime.database.tenant(tenant_id) as session:
        key, marks = await operations.rotate_key(
            session, principal, keyring.sealer, tenant_id, algorithm,
            revoke_previous=body is not None and body.revoke_previous,
        )  # fmt: skip
    keyring.forget(tenant_id)
    await tell_everybody(runtime)
    await runtime.get(Announcer).announce(marks)
    return one(SigningKeyOut.of(key))
