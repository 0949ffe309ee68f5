"""One JSON line per request on standard output: no query, no credential, no secret of a path."""

from vaultaris_gateway.extension import Config, extension
from vaultaris_gateway.policies import secret_prefixes


def access_log() -> Config:
    """The access logger."""
    fields = {
        "time": "%START_TIME(%Y-%m-%dT%H:%M:%S.%3fZ)%",
        "service": "envoy",
        "method": "%REQ(:METHOD)%",
        "path": f"%CEL({_masked_path()})%",
        "protocol": "%PROTOCOL%",
        "status": "%RESPONSE_CODE%",
        "details": "%RESPONSE_CODE_DETAILS%",
        "flags": "%RESPONSE_FLAGS%",
        "upstream": "%UPSTREAM_CLUSTER%",
        "upstream_host": "%UPSTREAM_HOST%",
        "client": "%DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT%",
        "request_id": "%REQ(X-REQUEST-ID)%",
        "traceparent": "%REQ(TRACEPARENT)%",
        "user_agent": "%REQ(USER-AGENT)%",
        "bytes_in": "%BYTES_RECEIVED%",
        "bytes_out": "%BYTES_SENT%",
        "duration_ms": "%DURATION%",
    }
    return extension(
        "envoy.access_loggers.stdout",
        "envoy.extensions.access_loggers.stream.v3.StdoutAccessLog",
        log_format={"json_format": fields, "omit_empty_values": True},
    )


def _masked_path() -> str:
    """CEL: the path without its query, and without anything after a segment that a secret follows.

    It looks for that segment anywhere, because a path that Envoy refuses is logged as it came.
    """
    expression = "request.url_path"
    for prefix in secret_prefixes():
        segment = prefix.rstrip("/").rpartition("/")[2]
        expression = f"request.url_path.contains('/{segment}/') ? '{prefix}***' : {expression}"
    return expression
