"""The gRPC server of a service."""

import json
import time
from collections.abc import Awaitable, Callable
from functools import cache
from typing import Any

import grpc
from grpc import aio

from vaultaris_kit import telemetry
from vaultaris_kit.context import RequestContext, current_request, enter_request
from vaultaris_kit.errors import GRPC_CODES, AtCapacity, Unavailable, VaultarisError
from vaultaris_kit.logs import get_logger
from vaultaris_kit.metrics import GRPC_REQUESTS, GRPC_SECONDS
from vaultaris_kit.rpc.tls import certificates, server_credentials
from vaultaris_kit.settings import Settings

log = get_logger(__name__)

_time_of = cache(GRPC_SECONDS.labels)

ERROR_METADATA = "vaultaris-error-bin"
SERVICES = frozenset({"auth", "directory", "policy", "sessions", "plugins", "audit", "edge"})
MAX_MESSAGE_BYTES = 16 * 1024 * 1024
"""Between services: the configuration of a large tenant travels in one piece."""

_OPTIONS = [
    ("grpc.max_receive_message_length", MAX_MESSAGE_BYTES),
    ("grpc.so_reuseport", 0),
    ("grpc.keepalive_time_ms", 30_000),
    ("grpc.http2.min_ping_interval_without_data_ms", 10_000),
    # A peer shows its certificate anew at least so often: one that is no longer accepted does not stay for ever.
    ("grpc.max_connection_age_ms", 3_600_000),
]


def create_server(settings: Settings, *, tracing: bool = False) -> tuple[aio.Server, int]:
    """A server bound to ``SERVER_HOST:GRPC_PORT``, not yet started, and the port it got."""
    interceptors = [_Interceptor(require_peer=settings.grpc_tls_ca is not None)]
    if tracing:
        interceptors = [*telemetry.grpc_server_interceptors(), *interceptors]
    server = aio.server(interceptors=interceptors, options=_OPTIONS)
    address = f"{settings.server_host}:{settings.grpc_port}"
    held = certificates(settings)
    if held is None:
        return server, server.add_insecure_port(address)
    return server, server.add_secure_port(address, server_credentials(held))


class _Interceptor(aio.ServerInterceptor):
    """Knows the caller, carries the request's context, maps errors, measures."""

    def __init__(self, *, require_peer: bool) -> None:
        self._require_peer = require_peer
        self._wrapped: dict[str, grpc.RpcMethodHandler[Any, Any]] = {}

    async def intercept_service(
        self,
        continuation: "Callable[[grpc.HandlerCallDetails], Awaitable[grpc.RpcMethodHandler[Any, Any] | None]]",
        handler_call_details: grpc.HandlerCallDetails,
    ) -> "grpc.RpcMethodHandler[Any, Any] | None":
        path = handler_call_details.method
        if (wrapped := self._wrapped.get(path)) is not None:
            return wrapped
        handler = await continuation(handler_call_details)
        if handler is None or handler.unary_unary is None:
            return handler
        wrapped = self._wrapped[path] = grpc.unary_unary_rpc_method_handler(
            self._wrap(path.rpartition("/")[2], handler.unary_unary),
            request_deserializer=handler.request_deserializer,
            response_serializer=handler.response_serializer,
        )
        return wrapped

    def _wrap(self, method: str, handler: Any) -> Any:
        async def call(request: Any, context: "aio.ServicerContext[Any, Any]") -> Any:
            started = time.perf_counter()
            peer = _peer_of(context)
            if self._require_peer and peer is None:
                await context.abort(grpc.StatusCode.PERMISSION_DENIED, "only the product's services may call")
            enter_request(_context_from(context.invocation_metadata(), peer))
            code = "OK"
            try:
                return await handler(request, context)
            except VaultarisError as refusal:
                code = _code_of(refusal).name
                await _abort(context, refusal)
            except aio.AbortError:
                code = "ABORTED"
                raise
            except Exception as fault:
                code = "INTERNAL"
                log.error("grpc_fault", method=method, exc_info=fault)
                await _abort(context, VaultarisError())
            finally:
                GRPC_REQUESTS.of(method, code).count += 1
                _time_of(method).observe(time.perf_counter() - started)

        return call


async def _abort(context: "aio.ServicerContext[Any, Any]", refusal: VaultarisError) -> None:
    metadata: list[tuple[str, str | bytes]] = [(ERROR_METADATA, json.dumps(refusal.body()).encode())]
    if isinstance(refusal, AtCapacity):
        metadata.append(("grpc-retry-pushback-ms", "-1"))  # gRPC's word for: don't retry
    await context.abort(_code_of(refusal), refusal.message, tuple(metadata))


def _code_of(refusal: VaultarisError) -> grpc.StatusCode:
    """Channels try a call again that was interrupted before anything was done, and no other one."""
    if refusal.status == Unavailable.status and current_request().effects.repeatable(safe=False):
        return grpc.StatusCode.UNAVAILABLE
    return GRPC_CODES.get(refusal.status, grpc.StatusCode.INTERNAL)


def _peer_of(context: "aio.ServicerContext[Any, Any]") -> str | None:
    """The calling service's name, from its certificate (RFC 9525 section 2); None without mutual TLS."""
    for identity in context.peer_identities() or ():
        if (name := identity.decode(errors="replace")) in SERVICES:
            return name
    return None


def _context_from(metadata: Any, peer: str | None) -> RequestContext:
    values = dict(metadata or ())  # only names that end in -bin, none of these, hold bytes
    return RequestContext(
        request_id=values.get("x-request-id"),
        address=values.get("x-client-address"),
        user_agent=values.get("x-client-user-agent"),
        traceparent=values.get("traceparent"),
        peer=peer,
    )
