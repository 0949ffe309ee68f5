"""Verification over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request

from vaultaris_audit.chain.operations import verify_chain
from vaultaris_audit.chain.schemas import VerificationOut, verification_out
from vaultaris_audit.entries.repository import AuditRepository
from vaultaris_audit.reading import Reading
from vaultaris_kit.http.body import JsonRoute
from vaultaris_kit.http.dependencies import allow, runtime_of
from vaultaris_kit.http.envelopes import One, one
from vaultaris_kit.principal import Principal

router = APIRouter(prefix="/api/v1/tenants/{tenant_id}", tags=["audit"], route_class=JsonRoute)

MOST = 50_000
"""Entries that one call walks at the most; it stays well inside the time that a request may take."""


@router.get("/audit/verify", operation_id="audit-verify")
async def verify(
    request: Request,
    tenant_id: UUID,
    _principal: Annotated[Principal, allow("audit:read")],
    after: Annotated[int, Query(ge=0, le=2**62, description="Begin after the entry with this number.")] = 0,
    anchor: Annotated[
        str | None,
        Query(pattern="^[0-9a-f]{64}$", description="The hash that entry `after` had when it was last seen."),
    ] = None,
    limit: Annotated[int, Query(ge=1, le=MOST, description="How many entries to walk.")] = MOST,
) -> One[VerificationOut]:
    """Recomputes the hash chain of a tenant's trail and names the first bad entry."""
    async with runtime_of(request).get(Reading).database.tenant(tenant_id) as session:
        walk, complete = await verify_chain(
            AuditRepository(session, tenant_id),
            after=after,
            anchor=bytes.fromhex(anchor) if anchor else None,
            limit=limit,
        )
    return one(verification_out(walk, complete=complete))
