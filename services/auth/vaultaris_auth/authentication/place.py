"""Where somebody signs in."""

from dataclasses import dataclass
from typing import Protocol
from uuid import UUID


class Place(Protocol):
    """A tenant, and the client on whose behalf; a registered client is one."""

    @property
    def tenant_id(self) -> UUID: ...

    @property
    def client_id(self) -> str: ...


@dataclass(frozen=True, slots=True)
class TenantItself:
    """A page of the tenant's own, with no client behind it."""

    tenant_id: UUID
    client_id: str = ""
