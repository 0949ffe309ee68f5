"""How the product is doing, as told by its services."""

import asyncio
import json
from dataclasses import dataclass
from typing import Any

from vaultaris_edge.fetch import Answer, FetchError, get
from vaultaris_edge.fresh import Fresh
from vaultaris_gateway.settings import Address
from vaultaris_kit.logs import get_logger

log = get_logger(__name__)

_PROBE_SECONDS = 2.0
_FRESH_SECONDS = 0.5
_DATABASE_WITNESS = "directory"

Check = dict[str, Any]


@dataclass(frozen=True, slots=True)
class State:
    """``services`` and ``database`` as ``{"status": "up" | "down", "latency_ms", …}``."""

    services: dict[str, Check]
    database: Check

    @property
    def is_ready(self) -> bool:
        """True when the database and every service are up."""
        return all(check["status"] == "up" for check in (self.database, *self.services.values()))


class Health:
    """Asks every process of every service whether it is ready; half a second's answers serve everybody."""

    def __init__(self, services: dict[str, tuple[Address, ...]]) -> None:
        self._services = services
        self._state = Fresh(self._look, _FRESH_SECONDS)

    async def state(self) -> State:
        """The state, at most half a second old."""
        return await self._state.get()

    async def _look(self) -> State:
        found = await asyncio.gather(*(self._service(addresses) for addresses in self._services.values()))
        services = dict(zip(self._services, (check for check, _ in found), strict=True))
        told = dict(zip(self._services, (checks for _, checks in found), strict=True))
        return State(services, _database(told))

    async def _service(self, addresses: tuple[Address, ...]) -> tuple[Check, dict[str, Check]]:
        """A service is up when one of its processes is ready. Its own checks come along."""
        answers = await asyncio.gather(*(_ready(address) for address in addresses))
        ready = [answer for answer in answers if answer and answer.is_ok]
        best = min(ready, key=lambda answer: answer.seconds, default=None)
        check: Check = {"status": "up" if best else "down", "latency_ms": _milliseconds(best)}
        if len(addresses) > 1:
            check["ready"], check["processes"] = len(ready), len(addresses)
        if best is None:
            check["reason"] = "not ready" if any(answers) else "no answer"
        return check, _checks(best or next(filter(None, answers), None))


async def _ready(address: Address) -> Answer | None:
    try:
        return await get(address, "/readyz", seconds=_PROBE_SECONDS)
    except FetchError as fault:
        log.debug("not_reached", address=str(address), reason=str(fault))
        return None


def _checks(answer: Answer | None) -> dict[str, Check]:
    """What a service says about its own parts; nothing when its answer has another shape."""
    try:
        checks = json.loads(answer.body)["checks"] if answer else {}
    except (ValueError, KeyError, TypeError):
        return {}
    return (
        {name: check for name, check in checks.items() if isinstance(check, dict)} if isinstance(checks, dict) else {}
    )


def _database(told: dict[str, dict[str, Check]]) -> Check:
    """The database as directory sees it, or else as the first service that says anything about it."""
    witnesses = (told.get(_DATABASE_WITNESS, {}), *told.values())
    seen = next((checks["database"] for checks in witnesses if "database" in checks), None)
    if seen is None:
        return {"status": "down", "latency_ms": None, "reason": "no service can tell"}
    return {"status": seen.get("status", "down"), "latency_ms": seen.get("latency_ms")}


def _milliseconds(answer: Answer | None) -> float | None:
    return round(answer.seconds * 1000, 2) if answer else None
