"""Serving HTTP: the socket, the server behind it, and the signal that ends both."""

import asyncio
import contextlib
import signal
import socket
from collections.abc import Iterator, Mapping
from types import MappingProxyType

import uvicorn
from starlette.types import ASGIApp

from vaultaris_kit.http.middleware import RequestLayer
from vaultaris_kit.settings import Settings

_BACKLOG = 1024
_KEEP_ALIVE_SECONDS = 75
"""Longer than the gateway keeps an idle connection: it never sends into one that is just being closed."""


class _Server(uvicorn.Server):
    """Leaves signals to us."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def http_server(
    app: ASGIApp,
    settings: Settings,
    *,
    large_bodies: Mapping[str, int] = MappingProxyType({}),
    long_requests: tuple[str, ...] = (),
    own_queries: tuple[str, ...] = (),
) -> uvicorn.Server:
    """The server of ``app`` behind the request layer; ``should_exit`` ends it once requests under way are answered."""
    config = uvicorn.Config(
        RequestLayer(
            app, timeout=settings.request_timeout_secs,
            large_bodies=large_bodies, long_requests=long_requests, own_queries=own_queries,
        ),
        http="httptools", ws="none", lifespan="off", log_config=None, access_log=False, server_header=False,
        date_header=False, proxy_headers=False, timeout_keep_alive=_KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=int(settings.shutdown_grace_seconds),
    )  # fmt: skip
    return _Server(config)


def listen(host: str, port: int) -> socket.socket:
    """A bound, listening, non-blocking socket."""
    listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((host, port))
    listener.listen(_BACKLOG)
    listener.setblocking(False)
    return listener


def stop_signal() -> asyncio.Event:
    """Set by SIGTERM or SIGINT."""
    stop = asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    return stop
