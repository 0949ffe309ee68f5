"""Facts of the request in hand: where it came from and its id. Set once at the edge of the process."""

from contextvars import ContextVar

import msgspec


class Effects(msgspec.Struct):
    """What has come of a request so far, as far as it matters for making it once more.

    ``done``: something outlasts it, or nobody knows. ``claimed``: it has used up something that is good once.
    ``interrupted``: a transaction was lost before it was committed.
    """

    done: bool = False
    claimed: bool = False
    interrupted: bool = False

    def repeatable(self, *, safe: bool) -> bool:
        """Whether an interrupted request can be made again as if it had never been; ``safe`` as RFC 9110 9.2.1."""
        return self.interrupted and not self.claimed and (safe or not self.done)


class RequestContext(msgspec.Struct, frozen=True):
    """``request_id`` correlates logs and events; ``address`` is the client's, told by Envoy, never by the client.

    ``peer`` is the service that calls over gRPC, by its certificate; None without mutual TLS.
    """

    request_id: str | None = None
    address: str | None = None
    user_agent: str | None = None
    device_fingerprint: str | None = None
    traceparent: str | None = None
    peer: str | None = None
    effects: Effects = msgspec.field(default_factory=Effects)


_NONE = RequestContext()
_current: ContextVar[RequestContext] = ContextVar("request_context")


def current_request() -> RequestContext:
    """The request being served, or an empty one in background work."""
    return _current.get(_NONE)


def enter_request(context: RequestContext) -> None:
    """Makes ``context`` the current one for this task."""
    _current.set(context)
