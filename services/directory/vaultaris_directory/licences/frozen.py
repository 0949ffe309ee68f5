"""What is frozen in a tenant, here and in the services that own the rest."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Literal
from uuid import UUID

from vaultaris.licensing.v1.licensing_pb2 import (
    CountResourcesRequest,
    CountResourcesResponse,
    FrozenResource,
    ListFrozenRequest,
    ListFrozenResponse,
)
from vaultaris.licensing.v1.licensing_pb2_grpc import LicensingServiceStub
from vaultaris_directory.licences.freezing import HOSTED_TENANTS
from vaultaris_directory.licences.limits import CAPPED
from vaultaris_kit.errors import Invalid
from vaultaris_kit.http.envelopes import PageQuery
from vaultaris_kit.limits.frozen import MAX_FROZEN, Frozen, list_frozen
from vaultaris_kit.rpc.client import Peers, call
from vaultaris_kit.service import Runtime

Kind = Literal[
    "user", "role", "group", "permission", "application", "tenant", "client", "identity_provider", "api_key", "policy"
]

HandKind = Literal["user", "role", "group", "permission", "application"]
"""What can be frozen by hand; clients, keys and policies are switched off instead."""

OWNERS: Final[Mapping[str, tuple[Kind, ...]]] = {
    "auth": ("client", "identity_provider", "api_key"),
    "policy": ("policy",),
}
"""Who else freezes, and what."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


async def page_frozen(
    runtime: Runtime, query: PageQuery, *, tenant_id: UUID, kind: Kind | None
) -> tuple[Sequence[Frozen], int]:
    """A page, by the time of freezing, and the count of all.

    Raises :class:`Invalid` for another sort or too deep a page, :class:`Unavailable` when an owner is away: a list
    that leaves something out would be taken for the whole.
    """
    if query.sort not in (None, "created_at", "frozen_at"):
        raise Invalid.field("sort", "Can be: frozen_at.")
    depth = query.offset + query.per_page
    if depth > MAX_FROZEN:
        raise Invalid.field("page", f"At most {MAX_FROZEN:,} can be read; narrow the list down.")
    owners = [owner for owner, kinds in OWNERS.items() if kind is None or kind in kinds]
    lists = await asyncio.gather(
        _here(runtime, query, tenant_id, kind, depth),
        _hosted(runtime, query, tenant_id, kind, depth),
        *(_elsewhere(runtime.peers, owner, query, tenant_id, kind, depth) for owner in owners),
    )
    rows = sorted(
        (row for part, _ in lists for row in part),
        key=lambda row: (row.frozen_at, row.resource_id), reverse=query.order == "desc",
    )  # fmt: skip
    return rows[query.offset : depth], sum(total for _, total in lists)


async def _here(
    runtime: Runtime, query: PageQuery, tenant_id: UUID, kind: Kind | None, depth: int
) -> tuple[list[Frozen], int]:
    kinds = [each for each in CAPPED.values() if kind in (None, each.noun)]
    async with runtime.database.tenant(tenant_id) as session:
        return await list_frozen(session, kinds, tenant_id, **_cut(query, depth))


async def _hosted(
    runtime: Runtime, query: PageQuery, tenant_id: UUID, kind: Kind | None, depth: int
) -> tuple[list[Frozen], int]:
    """Hosted tenants are frozen, as their host sees it; in a transaction that sees more than the host's own rows."""
    if kind not in (None, HOSTED_TENANTS.noun):
        return [], 0
    async with runtime.database.instance() as session:
        return await list_frozen(session, [HOSTED_TENANTS], tenant_id, **_cut(query, depth))


def _cut(query: PageQuery, depth: int) -> dict[str, Any]:
    return {"search": query.search, "ascending": query.order == "asc", "limit": depth}


async def _elsewhere(
    peers: Peers, owner: str, query: PageQuery, tenant_id: UUID, kind: Kind | None, depth: int
) -> tuple[list[Frozen], int]:
    request = ListFrozenRequest(
        tenant_id=str(tenant_id), resource_type=kind or "", search=query.search or "",
        ascending=query.order == "asc", limit=depth,
    )  # fmt: skip
    answer: ListFrozenResponse = await call(LicensingServiceStub(peers.channel(owner)).ListFrozen, request)
    return [_frozen(item) for item in answer.items], answer.total


def _frozen(item: FrozenResource) -> Frozen:
    moment = _EPOCH + timedelta(microseconds=item.frozen_at_us)
    return Frozen(item.resource_type, UUID(item.id), item.name, item.freeze_reason, moment)


async def count_elsewhere(peers: Peers, owner: str, tenant_id: UUID) -> Mapping[str, int]:
    """What another service counts, by resource. Raises :class:`Unavailable`."""
    request = CountResourcesRequest(tenant_id=str(tenant_id))
    answer: CountResourcesResponse = await call(LicensingServiceStub(peers.channel(owner)).CountResources, request)
    return answer.counts
