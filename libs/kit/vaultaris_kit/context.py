"""Facts of the request in hand: where it came from and its id. Set once at the edge of the process."""

from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RequestContext:
    """``request_id`` correlates logs and events; ``address`` is the client's, told by Envoy, never by the client.

    ``peer`` is the service that calls over gRPC, by its certificate; None without mutual TLS.
    """

    request_id: str | None = None
    address: str | None = None
    user_agent: str | None = None
    device_fingerprint: str | None = None
    traceparent: str | None = None
    peer: str | None = None


_NONE = RequestContext()
_current: ContextVar[RequestContext] = ContextVar("request_context")


def current_request() -> RequestContext:
    """The request being served, or an empty one in background work."""
    return _current.get(_NONE)


def enter_request(context: RequestContext) -> None:
    """Makes ``context`` the current one for this task."""
    _current.set(context)
