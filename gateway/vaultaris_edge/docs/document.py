"""The one OpenAPI document, kept until the services' own documents change."""

import asyncio
import hashlib
import json
from collections.abc import Callable
from typing import Any, NamedTuple

from vaultaris_edge.docs.merge import encode, merge
from vaultaris_edge.fetch import FetchError, get
from vaultaris_edge.fresh import Fresh
from vaultaris_gateway.settings import Address
from vaultaris_kit.http.app import VERSION
from vaultaris_kit.logs import get_logger

log = get_logger(__name__)

_FETCH_SECONDS = 5.0
_FRESH_SECONDS = 5.0

DESCRIPTION = (
    "Identity and access: tokens (OAuth 2.0, OpenID Connect), directory, decisions, sessions, plugins, audit. "
    "Errors are `{error, message, status}`, with `details` for each bad field."
)


class Published(NamedTuple):
    """The document as it goes out, and its entity tag."""

    body: bytes
    etag: str


class ApiDocument:
    """Merges what the services say of themselves.

    It is looked up anew after a few seconds, so that a service that was restarted shows. Of a service that
    is away the last known part is kept; one never seen is named in ``x-vaultaris-missing``.
    """

    def __init__(
        self,
        services: dict[str, tuple[Address, ...]],
        own: Callable[[], dict[str, Any]],
        external_url: str,
    ) -> None:
        self._services = services
        self._own = own
        self._external_url = external_url
        self._parts: dict[str, bytes] = {}
        self._published: tuple[dict[str, bytes], Published] | None = None
        self._current = Fresh(self._collect, _FRESH_SECONDS)

    async def published(self) -> Published:
        """The document, at most a few seconds old."""
        return await self._current.get()

    async def _collect(self) -> Published:
        found = await asyncio.gather(*(_fetch(name, at) for name, at in self._services.items()))
        self._parts |= {name: part for name, part in zip(self._services, found, strict=True) if part}
        if self._published is None or self._published[0] != self._parts:
            parts = dict(self._parts)
            # Off the event loop, which has the limiter to serve.
            self._published = parts, await asyncio.to_thread(self._merge, parts)
        return self._published[1]

    def _merge(self, raw: dict[str, bytes]) -> Published:
        parts = {"gateway": self._own()} | {name: json.loads(raw[name]) for name in self._services if name in raw}
        head: dict[str, Any] = {
            "openapi": "3.1.0",
            "info": {"title": "Vaultaris", "version": VERSION, "description": DESCRIPTION},
            "servers": [{"url": self._external_url}],
        }
        if missing := [name for name in self._services if name not in raw]:
            head["x-vaultaris-missing"] = missing
        body = encode(merge(parts, head))
        return Published(body, f'"{hashlib.sha256(body).hexdigest()[:32]}"')


async def _fetch(service: str, addresses: tuple[Address, ...]) -> bytes | None:
    """The document of the first process that gives a good one."""
    for address in addresses:
        try:
            answer = await get(address, "/openapi.json", seconds=_FETCH_SECONDS)
            if answer.is_ok and "paths" in json.loads(answer.body):
                return answer.body
        except (FetchError, ValueError, TypeError) as fault:
            log.warning("no_openapi", service=service, address=str(address), reason=str(fault))
    return None
