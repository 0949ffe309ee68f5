"""Calls to other services: one channel each, a deadline on every call, errors as our own."""

import asyncio
import json
import time
from typing import TypeVar

import grpc
from grpc import aio

from vaultaris_kit import telemetry
from vaultaris_kit.context import current_request
from vaultaris_kit.errors import BY_STATUS, Unavailable, VaultarisError
from vaultaris_kit.rpc.server import ERROR_METADATA, MAX_MESSAGE_BYTES
from vaultaris_kit.rpc.tls import certificates, channel_credentials
from vaultaris_kit.settings import Settings

Request = TypeVar("Request")
Response = TypeVar("Response")

DEADLINE_SECONDS = 3.0
_LOOK_SECONDS = 1.0
_RETIRE_SECONDS = 60.0  # longer than any call's deadline

_SERVICE_CONFIG = json.dumps(
    {
        "loadBalancingConfig": [{"round_robin": {}}],
        "methodConfig": [
            {
                "name": [{}],
                "retryPolicy": {
                    "maxAttempts": 4,
                    "initialBackoff": "0.05s",
                    "maxBackoff": "0.5s",
                    "backoffMultiplier": 2,
                    "retryableStatusCodes": ["UNAVAILABLE"],
                },
            }
        ],
    }
)


class Peers:
    """Lazily opened channels to the other services. Made after a fork, never before.

    A channel is asked for anew for every call and not kept: when the certificates were replaced, it is another.
    """

    def __init__(self, settings: Settings, *, tracing: bool = False) -> None:
        self._settings = settings
        self._interceptors = telemetry.grpc_client_interceptors() if tracing else None
        self._certificates = certificates(settings)
        self._looked = time.monotonic()
        self._channels: dict[str, aio.Channel] = {}
        self._retired: dict[asyncio.Task[None], aio.Channel] = {}

    def channel(self, service: str) -> aio.Channel:
        """The channel to ``service``, whose certificate must carry that name."""
        if self._certificates and time.monotonic() - self._looked > _LOOK_SECONDS:
            self._looked = time.monotonic()
            if self._certificates.renew():
                self._retire_channels()
        if service not in self._channels:
            self._channels[service] = self._open(service)
        return self._channels[service]

    def _open(self, service: str) -> aio.Channel:
        target = _target(getattr(self._settings, f"{service}_grpc"))
        options: list[tuple[str, object]] = [
            ("grpc.service_config", _SERVICE_CONFIG),
            ("grpc.max_receive_message_length", MAX_MESSAGE_BYTES),
            ("grpc.enable_retries", 1),
            ("grpc.dns_min_time_between_resolutions_ms", 1000),  # a restarted peer has a new address
            ("grpc.max_reconnect_backoff_ms", 1000),
            ("grpc.initial_reconnect_backoff_ms", 100),
            ("grpc.keepalive_time_ms", 30_000),
        ]
        if self._certificates is None:
            return aio.insecure_channel(target, options=options, interceptors=self._interceptors)
        options.append(("grpc.ssl_target_name_override", service))
        credentials = channel_credentials(self._certificates.pem)
        return aio.secure_channel(target, credentials, options=options, interceptors=self._interceptors)

    def _retire_channels(self) -> None:
        """Calls under way end on the channels that they began on."""
        for channel in self._channels.values():
            task = asyncio.create_task(_close_later(channel))
            self._retired[task] = channel
            task.add_done_callback(self._retired.pop)
        self._channels = {}

    async def close(self) -> None:
        """Closes every channel."""
        retired = dict(self._retired)
        for task in retired:
            task.cancel()
        for channel in (*self._channels.values(), *retired.values()):
            await channel.close()


async def _close_later(channel: aio.Channel) -> None:
    await asyncio.sleep(_RETIRE_SECONDS)
    await channel.close()


def _target(addresses: str) -> str:
    first = addresses.split(",", maxsplit=1)[0].rpartition(":")[0]
    numeric = first.replace(".", "").isdigit()
    return f"ipv4:{addresses}" if numeric else f"dns:///{addresses}"


async def call(
    method: "aio.UnaryUnaryMultiCallable[Request, Response]",
    request: Request,
    *,
    timeout: float = DEADLINE_SECONDS,
) -> Response:
    """One call with a deadline in seconds. Raises our own errors: the callee's refusal, or Unavailable."""
    context = current_request()
    context.effects.done = True  # for all that we know
    metadata = [
        (key, value)
        for key, value in (
            ("x-request-id", context.request_id),
            ("x-client-address", context.address),
            (
                "x-client-user-agent",
                context.user_agent and context.user_agent.encode("ascii", "replace").decode(),
            ),
            ("traceparent", context.traceparent),
        )
        if value
    ]
    try:
        return await method(request, timeout=timeout, metadata=metadata)
    except aio.AioRpcError as failure:
        raise _translate(failure) from failure


def _translate(failure: aio.AioRpcError) -> VaultarisError:
    for key, value in failure.trailing_metadata() or ():
        if key == ERROR_METADATA and isinstance(value, bytes):
            body = json.loads(value)
            if body["status"] == Unavailable.status:
                return Unavailable(body["message"])
            kind = BY_STATUS.get(body["status"], VaultarisError)
            return kind(body["message"], code=body["error"], details=body.get("details", ()))
    if failure.code() in (
        grpc.StatusCode.UNAVAILABLE,
        grpc.StatusCode.DEADLINE_EXCEEDED,
        grpc.StatusCode.CANCELLED,
    ):
        return Unavailable()
    return VaultarisError()
