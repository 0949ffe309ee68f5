"""A gRPC server for the outside, behind the gateway: callers are known by their credential, not by a certificate.

It shares nothing with the server for other services: only what is registered here can be reached from outside.
"""

import time
from collections.abc import AsyncIterable, AsyncIterator, Awaitable, Callable, Collection, Iterator
from typing import Any, NoReturn

import grpc
from google.protobuf.any_pb2 import Any as AnyMessage
from google.protobuf.message import DecodeError
from google.rpc.error_details_pb2 import BadRequest, ErrorInfo
from google.rpc.status_pb2 import Status
from grpc import aio
from grpc_health.v1 import health, health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection
from grpc_reflection.v1alpha.reflection_pb2 import ServerReflectionRequest, ServerReflectionResponse
from starlette.datastructures import Headers

from vaultaris_kit.context import RequestContext, current_request, enter_request
from vaultaris_kit.errors import GRPC_CODES, Unavailable, VaultarisError
from vaultaris_kit.errors import BadRequest as MalformedRequest
from vaultaris_kit.logs import get_logger
from vaultaris_kit.metrics import GRPC_REQUESTS, GRPC_SECONDS

log = get_logger(__name__)

MAX_MESSAGE_BYTES = 1024 * 1024
_DOMAIN = "vaultaris"
_OPTIONS = [
    ("grpc.max_receive_message_length", MAX_MESSAGE_BYTES),
    ("grpc.max_metadata_size", 16 * 1024),
    ("grpc.so_reuseport", 0),
    ("grpc.keepalive_time_ms", 60_000),
]
_OWN_SERVICES = (health.SERVICE_NAME, reflection.SERVICE_NAME)
REFLECTION_V1 = "grpc.reflection.v1.ServerReflection"
"""What newer clients ask first; its messages are those of v1alpha."""

Context = aio.ServicerContext[Any, Any]


def create_public_server(address: str) -> tuple[aio.Server, int]:
    """A server bound to ``address``, not yet started, and the port it got; the gateway ends TLS."""
    server = aio.server(interceptors=[_Interceptor()], options=_OPTIONS)
    return server, server.add_insecure_port(address)


async def serve_public(server: aio.Server, *services: str, grace: float) -> None:
    """Serves until cancelled, with health and reflection of ``services`` (full names)."""
    healthy = health.aio.HealthServicer()
    health_pb2_grpc.add_HealthServicer_to_server(healthy, server)
    server.add_generic_rpc_handlers(tuple(_reflection((*services, *_OWN_SERVICES))))
    for name in ("", *services):
        await healthy.set(name, health_pb2.HealthCheckResponse.SERVING)
    await server.start()
    try:
        await server.wait_for_termination()
    finally:
        await healthy.enter_graceful_shutdown()
        await server.stop(grace)


def _reflection(services: Collection[str]) -> Iterator[grpc.GenericRpcHandler]:
    servicer = reflection.aio.ReflectionServicer(services)

    async def with_services(requests: AsyncIterable[ServerReflectionRequest]) -> AsyncIterator[ServerReflectionRequest]:
        """A method is a symbol too, which Python's descriptors don't know by its name: its service is asked for."""
        async for request in requests:
            parent = request.file_containing_symbol.rpartition(".")[0]
            yield ServerReflectionRequest(file_containing_symbol=parent) if parent in services else request

    async def reflect(requests: AsyncIterable[ServerReflectionRequest], context: Context) -> AsyncIterator[Any]:
        answers: Any = servicer.ServerReflectionInfo(with_services(requests), context)
        async for answer in answers:
            yield answer

    handler = grpc.stream_stream_rpc_method_handler(
        reflect,
        request_deserializer=ServerReflectionRequest.FromString,
        response_serializer=ServerReflectionResponse.SerializeToString,
    )
    for name in (reflection.SERVICE_NAME, REFLECTION_V1):
        yield grpc.method_handlers_generic_handler(name, {"ServerReflectionInfo": handler})


def credentials_of(context: Context) -> Headers:
    """The call's metadata, in the form in which credentials come over HTTP; what is there twice stays so."""
    pairs = context.invocation_metadata() or ()
    return Headers(raw=[(key.encode(), value.encode()) for key, value in pairs if isinstance(value, str)])


class _Interceptor(aio.ServerInterceptor):
    """Carries the request's context, maps errors, measures; for calls with one request message."""

    def __init__(self) -> None:
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
        if handler is None or handler.request_streaming:
            return handler
        wrapped = self._wrapped[path] = _wrap(path.rpartition("/")[2], handler)
        return wrapped


def _wrap(method: str, handler: "grpc.RpcMethodHandler[Any, Any]") -> "grpc.RpcMethodHandler[Any, Any]":
    codecs = {
        "request_deserializer": _reading(handler.request_deserializer),
        "response_serializer": handler.response_serializer,
    }
    if handler.response_streaming:
        return grpc.unary_stream_rpc_method_handler(_streaming(method, handler.unary_stream), **codecs)
    return grpc.unary_unary_rpc_method_handler(_unary(method, handler.unary_unary), **codecs)


class _Unreadable:
    """Stands for a request that is no message of its type. gRPC by itself would tell of our code's exception."""


def _reading(deserialize: Callable[[bytes], Any] | None) -> Callable[[bytes], Any] | None:
    if deserialize is None:  # gRPC's word for plain bytes
        return None

    def read(message: bytes) -> Any:
        try:
            return deserialize(message)
        except DecodeError:
            return _Unreadable()

    return read


def _require_read(request: Any) -> None:
    if isinstance(request, _Unreadable):
        raise MalformedRequest("The message can't be read, or is nested too deeply.")


def _unary(method: str, handler: Any) -> Any:
    seconds = GRPC_SECONDS.labels(method)

    async def call(request: Any, context: Context) -> Any:
        started = time.perf_counter()
        enter_request(_context_from(context))
        code = "OK"
        try:
            _require_read(request)
            return await handler(request, context)
        except VaultarisError as refusal:
            code = _code(refusal).name
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
            seconds.observe(time.perf_counter() - started)

    return call


def _streaming(method: str, handler: Any) -> Any:
    async def call(request: Any, context: Context) -> AsyncIterator[Any]:
        enter_request(_context_from(context))
        code = "OK"
        try:
            _require_read(request)
            async for message in handler(request, context):
                yield message
        except VaultarisError as refusal:
            code = _code(refusal).name
            await _abort(context, refusal)
        except Exception as fault:
            code = "INTERNAL"
            log.error("grpc_fault", method=method, exc_info=fault)
            await _abort(context, VaultarisError())
        finally:
            GRPC_REQUESTS.of(method, code).count += 1

    return call


def _code(refusal: VaultarisError) -> grpc.StatusCode:
    """To clients a full queue and a service that is away are the same: worth another try."""
    if refusal.status == Unavailable.status:
        return grpc.StatusCode.UNAVAILABLE
    return GRPC_CODES.get(refusal.status, grpc.StatusCode.INTERNAL)


async def _abort(context: Context, refusal: VaultarisError) -> NoReturn:
    """With the details that gRPC clients know how to read (google.rpc.Status)."""
    code = _code(refusal)
    status = Status(code=code.value[0], message=refusal.message)
    metadata = {"request_id": current_request().request_id or ""}
    status.details.append(_packed(ErrorInfo(reason=refusal.code.upper(), domain=_DOMAIN, metadata=metadata)))
    if refusal.details:
        faults = [
            BadRequest.FieldViolation(field=each["field"], description=each["message"]) for each in refusal.details
        ]
        status.details.append(_packed(BadRequest(field_violations=faults)))
    await context.abort(code, refusal.message, (("grpc-status-details-bin", status.SerializeToString()),))
    raise AssertionError("abort always raises")


def _packed(message: Any) -> AnyMessage:
    packed = AnyMessage()
    packed.Pack(message)
    return packed


def _context_from(context: Context) -> RequestContext:
    values = credentials_of(context)
    return RequestContext(
        request_id=values.get("x-request-id"),
        address=values.get("x-envoy-external-address"),
        user_agent=values.get("user-agent", "")[:512] or None,
        traceparent=values.get("traceparent"),
    )
