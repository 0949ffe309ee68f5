"""How callers prove who they are, as OpenAPI says it; which endpoint takes what is a column of the surface."""

from functools import cache
from typing import Any

from vaultaris_kit import surface

Requirement = dict[str, list[str]]

SCHEMES: dict[str, dict[str, Any]] = {
    "bearer": {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "JWT",
        "description": "Access token (RFC 6750).",
    },
    "dpop": {
        "type": "http",
        "scheme": "DPoP",
        "description": "Access token bound to a key, with a proof in the `DPoP` header (RFC 9449).",
    },
    "apiKey": {
        "type": "apiKey",
        "in": "header",
        "name": "X-Api-Key",
        "description": "API key; `Authorization: ApiKey <key>` works as well.",
    },
    "clientBasic": {
        "type": "http",
        "scheme": "basic",
        "description": "OAuth client id and secret (RFC 6749 section 2.3.1); the same as form fields works as well.",
    },
    "serviceToken": {
        "type": "http",
        "scheme": "bearer",
        "description": "The token that the operator gave to the Kubernetes API server.",
    },
    "webhookSignature": {
        "type": "apiKey",
        "in": "header",
        "name": "X-Webhook-Signature",
        "description": "HMAC-SHA256 over timestamp and body; with `X-Webhook-Timestamp`.",
    },
}

_BY_CREDENTIAL: dict[str, list[Requirement]] = {
    "none": [],
    "bearer": [{"bearer": []}, {"dpop": []}, {"apiKey": []}],
    "person": [{"bearer": []}, {"dpop": []}],
    "api_key": [{"apiKey": []}],
    "client": [{"clientBasic": []}, {}],
    "service_token": [{"serviceToken": []}],
    "hmac": [{"webhookSignature": []}],
}


@cache
def _credentials() -> dict[tuple[str, str], str]:
    return {(row.method.lower(), surface.shape(row.path)): row.auth for row in surface.rows()}


def security_of(method: str, path: str) -> list[Requirement]:
    """The alternatives of an operation. What the surface does not list asks for a token, unless it says otherwise."""
    shape = surface.shape(path)
    known = _credentials()
    return _BY_CREDENTIAL[known.get((method, shape)) or known.get(("*", shape), "bearer")]
