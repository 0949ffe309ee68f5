"""The kinds of things that an application can have."""

from collections.abc import Awaitable, Callable, Collection
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from vaultaris_kit.outbox import Outbox
from vaultaris_kit.repository import TenantRepository

if TYPE_CHECKING:
    from vaultaris_kit.service import Runtime


class Opening(Protocol):
    """A transaction of the tenant, provided that the application is there."""

    def __call__(
        self, runtime: "Runtime", tenant_id: UUID, application_id: UUID, *, to_change: bool = False
    ) -> AbstractAsyncContextManager[AsyncSession]:
        """Raises :class:`~vaultaris_kit.errors.NotFound`; ``to_change`` also
        :class:`~vaultaris_kit.errors.Forbidden` for an application that is frozen.
        """
        ...


async def _nothing(_runtime: "Runtime", _resource_ids: Collection[UUID]) -> None:
    return


@dataclass(frozen=True, slots=True)
class Kind:
    """``plural`` stands in paths and rights, ``noun`` in events. ``changed`` is awaited after links changed."""

    noun: str
    plural: str
    repository: type[TenantRepository[Any]]
    links: Any
    outbox: Outbox
    opening: Opening
    changed: Callable[["Runtime", Collection[UUID]], Awaitable[None]] = _nothing
