"""What follows a change of clients: every replica forgets what it knew of them before the answer."""

from collections.abc import Collection, Sequence
from uuid import UUID

from vaultaris_auth.clients.registry import ClientRegistry
from vaultaris_auth.revocations.announcer import Announcer
from vaultaris_auth.revocations.marks import Mark
from vaultaris_auth.revocations.operations import revoke
from vaultaris_auth.revocations.repository import Stored
from vaultaris_auth.telling import tell_everybody
from vaultaris_kit.service import Runtime


async def tell_replicas(runtime: Runtime, client_ids: Collection[str]) -> None:
    """Called after the commit. An old secret, and what a client may no longer do, are refused from here on."""
    for client_id in client_ids:
        runtime.get(ClientRegistry).forget(client_id)
    await tell_everybody(runtime)


async def end_what_clients_held(
    runtime: Runtime, tenant_id: UUID, client_ids: Collection[str], marks: Sequence[Stored], *, end_families: bool
) -> None:
    """The same for a change that revoked something, as ``marks`` tell; returns when every service refuses it.

    A replica that had not heard of the change yet may have given tokens since the marks were dated. Once all have been
    told, they are dated anew: then nothing is left that was given by what a client used to be.
    """
    await tell_replicas(runtime, client_ids)
    if marks:
        again = [Mark("client", client_id) for client_id in client_ids]
        async with runtime.database.tenant(tenant_id) as session:
            marks = await revoke(
                session, tenant_id, again, "client changed",
                end_families=end_families, ahead_ms=runtime.revocations.clocks.ahead_ms,
            )  # fmt: skip
    await runtime.get(Announcer).announce(marks)
