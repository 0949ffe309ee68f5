"""The parts of a template that other services own, over gRPC."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import msgspec

from vaultaris.configuration.v1.configuration_pb2 import Actor, ApplyRequest, ExportRequest
from vaultaris.configuration.v1.configuration_pb2_grpc import ConfigurationServiceStub
from vaultaris_directory.templates.document import OF_OTHERS
from vaultaris_kit.rpc.client import Peers, call

_SECONDS = 60.0


Ids = Mapping[str, Mapping[str, UUID]]
"""By section, row ids by the names that templates know the rows by."""


async def export_of(
    peers: Peers, owner: str, tenant_id: UUID, applications: Mapping[UUID, str]
) -> tuple[dict[str, Any], Ids]:
    """The sections of ``owner``, with links to these applications, slugs by id. Raises :class:`Unavailable`."""
    stub = ConfigurationServiceStub(peers.channel(owner))
    named = {str(application_id): slug for application_id, slug in applications.items()}
    request = ExportRequest(tenant_id=str(tenant_id), applications=named)
    answer = await call(stub.Export, request, timeout=_SECONDS)
    sections = msgspec.json.decode(answer.sections)
    return {name: sections[name] for name in OF_OTHERS[owner]}, _ids(answer.ids)


async def apply_at(
    peers: Peers,
    owner: str,
    tenant_id: UUID,
    sections: Mapping[str, Any],
    actor: Actor,
    applications: Mapping[str, UUID],
    *,
    dry_run: bool,
    frozen: Mapping[str, str] | None = None,
) -> tuple[dict[str, Any], Ids]:
    """Puts sections in at ``owner``, all or nothing; its report, and what is there then.

    Links name ``applications``, ids by slug; those of ``frozen``, why by slug, must not change. Raises
    :class:`Unavailable`, and the owner's refusals.
    """
    stub = ConfigurationServiceStub(peers.channel(owner))
    request = ApplyRequest(
        tenant_id=str(tenant_id), sections=msgspec.json.encode(sections), dry_run=dry_run, actor=actor,
        applications={slug: str(application_id) for slug, application_id in applications.items()},
        frozen_applications=frozen,
    )  # fmt: skip
    answer = await call(stub.Apply, request, timeout=_SECONDS)
    return msgspec.json.decode(answer.report), _ids(answer.ids)


def _ids(encoded: bytes) -> Ids:
    return msgspec.json.decode(encoded, type=dict[str, dict[str, UUID]]) if encoded else {}
