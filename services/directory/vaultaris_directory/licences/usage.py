"""How much of everything a tenant has."""

import asyncio
from uuid import UUID

from vaultaris_directory.licences.freezing import FREEZABLE, HOSTED_TENANTS
from vaultaris_directory.licences.frozen import OWNERS, count_elsewhere
from vaultaris_directory.licences.limits import COUNTED_ELSEWHERE
from vaultaris_kit.errors import NotBuilt, NotFound, Unavailable
from vaultaris_kit.limits.counting import count
from vaultaris_kit.service import Runtime


async def usage_of(runtime: Runtime, tenant_id: UUID) -> dict[str, int]:
    """By resource. What an owner who is away would count is left out: a zero would be a lie."""
    here, *elsewhere = await asyncio.gather(
        _here(runtime, tenant_id), *(_elsewhere(runtime, owner, tenant_id) for owner in OWNERS)
    )
    return {resource: used for part in (here, *elsewhere) for resource, used in sorted(part.items())}


async def count_one(runtime: Runtime, tenant_id: UUID, resource: str) -> int:
    """Raises NotFound for an unknown resource, Unavailable when its owner is away, NotBuilt when nobody counts it."""
    if resource in FREEZABLE:
        return (await _here(runtime, tenant_id, resource))[resource]
    owner = COUNTED_ELSEWHERE.get(resource)
    if owner is None:
        raise NotFound
    counts = await count_elsewhere(runtime.peers, owner, tenant_id) if owner in OWNERS else {}
    if resource not in counts:
        raise NotBuilt(f"The number of {resource} is not counted in this version.")
    return counts[resource]


async def _here(runtime: Runtime, tenant_id: UUID, only: str | None = None) -> dict[str, int]:
    wanted = [each for each in FREEZABLE.values() if only in (None, each.resource)]
    async with runtime.database.tenant(tenant_id) as session:
        used = {each.resource: await count(session, each, tenant_id) for each in wanted if each is not HOSTED_TENANTS}
    if HOSTED_TENANTS in wanted:
        async with runtime.database.instance() as session:
            used[HOSTED_TENANTS.resource] = await count(session, HOSTED_TENANTS, tenant_id)
    return used


async def _elsewhere(runtime: Runtime, owner: str, tenant_id: UUID) -> dict[str, int]:
    try:
        return dict(await count_elsewhere(runtime.peers, owner, tenant_id))
    except Unavailable:
        return {}
