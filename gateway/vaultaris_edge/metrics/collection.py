"""All processes' metrics in one scrape."""

import asyncio
from typing import NamedTuple
from urllib.parse import quote

from prometheus_client import generate_latest

from vaultaris_edge.fetch import FetchError, get
from vaultaris_edge.fresh import Fresh
from vaultaris_edge.metrics.exposition import Scrape, merge
from vaultaris_gateway.settings import Address
from vaultaris_kit.logs import get_logger
from vaultaris_kit.metrics import REGISTRY

log = get_logger(__name__)

_SCRAPE_SECONDS = 2.0
_FRESH_SECONDS = 1.0
_ENVOY_STATS = "/stats/prometheus?usedonly&filter=" + quote(
    r"^(http\.ingress\.|local_rate_limit\.|cluster\.|server\.(uptime|live|memory)|listener\..*downstream_cx)"
)


class Target(NamedTuple):
    """One process to scrape: by address, or by the path of its Unix socket."""

    service: str
    instance: str
    where: Address | str
    path: str


class Collection:
    """Scrapes everybody at once; one second's result serves everybody who asks."""

    def __init__(self, services: dict[str, tuple[Address, ...]], envoy_admin_socket: str, instance: str) -> None:
        self._targets = [
            Target(name, str(address), address, "/metrics")
            for name, addresses in services.items()
            for address in addresses
        ]
        if envoy_admin_socket:
            self._targets.append(Target("envoy", "envoy", envoy_admin_socket, _ENVOY_STATS))
        self._instance = instance
        self._text = Fresh(self._collect, _FRESH_SECONDS)

    async def text(self) -> str:
        """The merged exposition, at most one second old."""
        return await self._text.get()

    async def _collect(self) -> str:
        found = await asyncio.gather(*map(_scrape, self._targets))
        own = Scrape("edge", self._instance, generate_latest(REGISTRY).decode())
        scrapes = [own, *filter(None, found)]
        # Off the event loop, which has the limiter to serve.
        return await asyncio.to_thread(merge, scrapes) + _reached(self._targets, found)


async def _scrape(target: Target) -> Scrape | None:
    try:
        answer = await get(target.where, target.path, seconds=_SCRAPE_SECONDS)
    except FetchError as fault:
        log.debug("not_scraped", target=target.service, instance=target.instance, reason=str(fault))
        return None
    text = answer.body.decode("utf-8", "replace")
    return Scrape(target.service, target.instance, text) if answer.is_ok else None


def _reached(targets: list[Target], found: list[Scrape | None]) -> str:
    lines = [
        f'vaultaris_scrape_up{{service="{target.service}",instance="{target.instance}"}} {int(scrape is not None)}\n'
        for target, scrape in zip(targets, found, strict=True)
    ]
    head = "# HELP vaultaris_scrape_up 1 when the process answered this scrape.\n# TYPE vaultaris_scrape_up gauge\n"
    return head + "".join(lines)
