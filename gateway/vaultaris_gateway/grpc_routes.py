"""Routes of the public gRPC API: the same port and limits; a call ends with the client's deadline, or the house's."""

from collections.abc import Iterator
from typing import Final

from vaultaris_gateway.clusters import GRPC_CLUSTER
from vaultaris_gateway.extension import Config
from vaultaris_gateway.limits import streamed_body
from vaultaris_gateway.policies import GRPC_SERVICES, GRPC_STREAMS

_STREAM_BOUNDS: Final = {
    "timeout": "0s",
    "max_stream_duration": {"max_stream_duration": "0s"},
    # Four signs of life that did not come; the listener's own bound may be shorter than the time between two.
    "idle_timeout": "60s",
}
_AS_IT_COMES: Final = {"typed_per_filter_config": streamed_body()}


def grpc_routes(timeout: str) -> Iterator[Config]:
    """Streams first: they have no end of their own. Messages are passed on as they come, policy bounds their size.

    Any other call is refused at once (UNIMPLEMENTED): a client may keep a stream open until it is answered.
    """
    for path in GRPC_STREAMS:
        yield _route({"path": path, "grpc": {}}, _STREAM_BOUNDS)
    for service in GRPC_SERVICES:
        bounds = {"timeout": timeout, "max_stream_duration": {"grpc_timeout_header_max": timeout}}
        yield _route({"prefix": f"/{service}/", "grpc": {}}, bounds)
    nothing = {"prefix": "/", "grpc": {}}
    yield {"name": "grpc", "match": nothing, "direct_response": {"status": 404}} | _AS_IT_COMES


def _route(match: Config, bounds: Config) -> Config:
    return {"name": "grpc", "match": match, "route": {"cluster": GRPC_CLUSTER, **bounds}} | _AS_IT_COMES
