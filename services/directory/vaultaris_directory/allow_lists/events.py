"""What auth's events mean here: a client or an identity provider that is gone leaves every list."""

from collections.abc import Sequence
from typing import Final

from vaultaris_directory.allow_lists.operations import CLIENTS, PROVIDERS, ListKind, forget_resource
from vaultaris_kit.events import Event
from vaultaris_kit.service import Runtime

SUBJECTS: Final = ("auth.client.deleted", "auth.identity_provider.deleted")
_KINDS: Final[dict[str, ListKind]] = {"client": CLIENTS, "identity_provider": PROVIDERS}


class AllowListKeeper:
    """Takes in events; safe to be given the same one again."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime

    async def take(self, events: Sequence[Event]) -> None:
        """Takes a batch; raising has it delivered again."""
        for event in events:
            kind = _KINDS.get(event.resource_type)
            if kind is None or event.resource_id is None:
                continue
            async with self._runtime.database.tenant(event.tenant_id) as session:
                await forget_resource(session, kind, tenant_id=event.tenant_id, resource_id=event.resource_id)
