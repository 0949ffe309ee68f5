"""What single endpoints are granted or denied beyond the rule of the house: limits, body sizes, secrecy."""

from dataclasses import dataclass

from vaultaris_kit import surface

MEBIBYTE = 1024 * 1024
MAX_BODY_BYTES = MEBIBYTE

BROWSER_PAGES = (
    ("/oauth/authorize", "auth"),
    ("/oauth/logout", "auth"),
    ("/consent", "auth"),
    ("/hosted", "auth"),
)
"""Trees that people's browsers go to, by their cookie; whatever origins are allowed elsewhere, none may call these."""

ANY_ORIGIN = (
    "oidc-discovery",
    "oauth-metadata",
    "jwks",
    "oauth-token",
    "oauth-revoke",
    "oauth-userinfo",
    "oauth-userinfo-post",
    "oauth-par",
    "oauth-device-authorization",
)
"""Endpoints that applications in browsers call, wherever those come from: they know callers by what is sent, never by a
cookie, so another origin gains nothing that it could not do without a browser."""

PROBES = ("health", "live", "ready", "health-detailed", "metrics")
"""Endpoints that no rate limit touches."""

CREDENTIAL_ENDPOINTS = (
    "oauth-token",
    "setup-run",
    "password-reset-request",
    "password-reset-validate",
    "password-reset-complete",
    "password-reset-token-validate",
    "tenant-password-reset",
    "passkey-login",
    "hosted-mfa-verify",
    "hosted-sign-in-send",
    "hosted-device-send",
    "hosted-device-sign-in-send",
    "totp-verify",
    "totp-verify-user",
)
"""Endpoints where a credential can be guessed: they count in the tighter second window too."""

GRPC_SERVICES = (
    "vaultaris.decisions.v1.DecisionService",
    "grpc.health.v1.Health",
    "grpc.reflection.v1.ServerReflection",
    "grpc.reflection.v1alpha.ServerReflection",
)
"""What can be called in gRPC from outside."""

GRPC_STREAMS = ("/vaultaris.decisions.v1.DecisionService/WatchDecisionsInvalidated",)
"""Calls that go on until the client hangs up; they send a sign of life more often than a stream may be idle."""

SECRET_PARAMETERS = ("{token}", "{request_id}")
"""Path parameters that are secrets: whatever follows the segment before them stays out of logs."""


@dataclass(frozen=True, slots=True)
class BodyLimit:
    """An endpoint that takes more than ``MAX_BODY_BYTES``. Its service gets the body as it comes, of known length."""

    method: str
    path: str
    owner: str
    max_bytes: int


BODY_LIMITS = (
    BodyLimit("POST", "/api/v1/tenants/{id}/users/import", "directory", 64 * MEBIBYTE),
    BodyLimit("POST", "/api/v1/tenants/{id}/templates/import", "directory", 8 * MEBIBYTE),
    BodyLimit("POST", "/api/v1/admin/plugins", "plugins", 32 * MEBIBYTE),
)


LONG_REQUESTS = ("users-import", "users-export", "template-import")
"""Endpoints that move a great many rows: they may take :data:`LONG_SECONDS`, with a pause of five minutes at most."""

LONG_SECONDS = 900


def secret_prefixes() -> tuple[str, ...]:
    """Path prefixes after which a secret stands, each with its trailing slash."""
    found = {
        row.path[: row.path.index(parameter)]
        for row in surface.rows()
        for parameter in SECRET_PARAMETERS
        if parameter in row.path
    }
    return tuple(sorted(found))
