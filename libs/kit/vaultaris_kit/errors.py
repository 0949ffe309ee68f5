"""The error model: one base that carries its status, one mapping to HTTP and one to gRPC.

``message`` is for the caller and never holds SQL, a stack or a secret; the cause goes to the log by
ordinary exception chaining.
"""

from collections.abc import Sequence
from typing import Any, ClassVar, TypedDict

import grpc


class Detail(TypedDict):
    """One bad field: its dotted path, what is wrong, and a stable code."""

    field: str
    message: str
    code: str


def plain_message(message: str) -> str:
    """What Pydantic says of a bad value, without the class of the exception that a check of ours raised."""
    return message.removeprefix("Value error, ")


class VaultarisError(Exception):
    """A refusal or fault with a public face. ``headers`` go out with the HTTP answer."""

    status: ClassVar[int] = 500
    code: str = "internal_error"
    message: str = "Something went wrong on our side."

    def __init__(
        self,
        message: str | None = None,
        *,
        code: str | None = None,
        details: Sequence[Detail] = (),
        headers: dict[str, str] | None = None,
    ) -> None:
        self.message = message or self.message
        self.code = code or self.code
        self.details = list(details)
        self.headers = headers or {}
        super().__init__(self.message)

    def body(self) -> dict[str, Any]:
        """The wire form: ``{error, message, status[, details]}``."""
        body: dict[str, Any] = {"error": self.code, "message": self.message, "status": self.status}
        if self.details:
            body["details"] = self.details
        return body


class BadRequest(VaultarisError):
    status, code, message = 400, "bad_request", "The request is malformed."


class Unauthorized(VaultarisError):
    status, code, message = 401, "unauthorized", "A valid credential is required."


class Forbidden(VaultarisError):
    status, code, message = 403, "forbidden", "You may not do this."


class NotFound(VaultarisError):
    status, code, message = 404, "not_found", "There is no such thing here."


class MethodNotAllowed(VaultarisError):
    status, code, message = 405, "method_not_allowed", "This path does not answer that method."


class Conflict(VaultarisError):
    status, code, message = 409, "conflict", "This clashes with what exists."


class PreconditionFailed(VaultarisError):
    status, code, message = 412, "precondition_failed", "The object has changed since you read it."


class PayloadTooLarge(VaultarisError):
    status, code, message = 413, "payload_too_large", "The request body is too large."


class UnsupportedMediaType(VaultarisError):
    status, code, message = 415, "unsupported_media_type", "This media type is not understood here."


class Invalid(VaultarisError):
    status, code, message = 422, "validation_error", "Some fields are not valid."

    @classmethod
    def field(cls, field: str, message: str, code: str = "invalid") -> "Invalid":
        """A refusal of one field."""
        return cls(message, details=[Detail(field=field, message=message, code=code)])


class RateLimited(VaultarisError):
    status, code, message = 429, "rate_limited", "Too many requests; try again later."


class NotBuilt(VaultarisError):
    status, code, message = 501, "not_implemented", "This endpoint is not available in this version."


class Unavailable(VaultarisError):
    """A dependency is away or a queue is full; ``Retry-After`` says when to come back."""

    status, code, message = 503, "unavailable", "The service is not available right now; try again shortly."

    def __init__(self, message: str | None = None, *, retry_after: int = 1) -> None:
        super().__init__(message, headers={"Retry-After": str(retry_after)})


class AtCapacity(Unavailable):
    """A queue is full. Nobody tries again at once on the caller's behalf: that is how queues stay full."""

    message = "The service is at capacity; try again shortly."


class TimedOut(VaultarisError):
    """The hard limit of one request has passed (``REQUEST_TIMEOUT_SECS``)."""

    status, code, message = 504, "timeout", "The request took too long."


BY_STATUS: dict[int, type[VaultarisError]] = {
    kind.status: kind
    for kind in (
        VaultarisError, BadRequest, Unauthorized, Forbidden, NotFound, MethodNotAllowed, Conflict,
        PreconditionFailed, PayloadTooLarge, UnsupportedMediaType, Invalid, RateLimited, NotBuilt,
    )
}  # fmt: skip

GRPC_CODES: dict[int, grpc.StatusCode] = {
    400: grpc.StatusCode.INVALID_ARGUMENT,
    401: grpc.StatusCode.UNAUTHENTICATED,
    403: grpc.StatusCode.PERMISSION_DENIED,
    404: grpc.StatusCode.NOT_FOUND,
    409: grpc.StatusCode.ALREADY_EXISTS,
    412: grpc.StatusCode.FAILED_PRECONDITION,
    422: grpc.StatusCode.INVALID_ARGUMENT,
    429: grpc.StatusCode.RESOURCE_EXHAUSTED,
    501: grpc.StatusCode.UNIMPLEMENTED,
    503: grpc.StatusCode.RESOURCE_EXHAUSTED,  # not UNAVAILABLE: channels retry that, and a full queue needs no retries
}
