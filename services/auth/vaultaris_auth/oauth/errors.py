"""Refusals of the protocol, named by the code that the RFC gives them."""

from typing import Any

from vaultaris_kit.errors import VaultarisError


class OAuthError(VaultarisError):
    """``{error, error_description}`` (RFC 6749 section 5.2)."""

    def body(self) -> dict[str, Any]:
        return {"error": self.code, "error_description": self.message}


class InvalidRequest(OAuthError):
    status, code, message = 400, "invalid_request", "The request is malformed."


class InvalidClient(OAuthError):
    status, code, message = 401, "invalid_client", "Client authentication failed."


class InvalidGrant(OAuthError):
    status, code, message = 400, "invalid_grant", "The grant is not valid."


class UnauthorizedClient(OAuthError):
    status, code, message = 400, "unauthorized_client", "The client may not use this grant."


class UnsupportedGrantType(OAuthError):
    status, code, message = 400, "unsupported_grant_type", "This grant type is not supported."


class InvalidScope(OAuthError):
    status, code, message = 400, "invalid_scope", "The scope is not allowed."


class UnsupportedResponseType(OAuthError):
    status, code, message = 400, "unsupported_response_type", "Only the response type `code` is supported."


class AccessDenied(OAuthError):
    status, code, message = 403, "access_denied", "The person did not agree."


class LoginRequired(OAuthError):
    """OpenID Connect Core section 3.1.2.6, like the next."""

    status, code, message = 400, "login_required", "The person has to sign in."


class ConsentRequired(OAuthError):
    status, code, message = 400, "consent_required", "The person has to be asked for consent."


class UnmetAuthenticationRequirements(OAuthError):
    """OpenID Connect Core Error Code unmet_authentication_requirements section 2."""

    status, code, message = 400, "unmet_authentication_requirements", "No sign-in here reaches the level asked for."


class RequestNotSupported(OAuthError):
    status, code, message = 400, "request_not_supported", "Request objects are not supported."


class RequestUriNotSupported(OAuthError):
    status, code, message = 400, "request_uri_not_supported", "Only request_uri values of this server are supported."


class InvalidRequestUri(OAuthError):
    """RFC 9126 section 2.2: a ``request_uri`` that is unknown, expired, used, or another client's."""

    status, code, message = 400, "invalid_request_uri", "The request_uri is not valid, or no longer."


class RegistrationNotSupported(OAuthError):
    status, code, message = 400, "registration_not_supported", "The registration parameter is not supported."


class InvalidTarget(OAuthError):
    """RFC 8707 section 2."""

    status, code, message = 400, "invalid_target", "The resource is not known here."


class InvalidDpopProof(OAuthError):
    """RFC 9449 section 5."""

    status, code, message = 400, "invalid_dpop_proof", "A valid DPoP proof is required."


class UseDpopNonce(OAuthError):
    """RFC 9449 section 8; the nonce to use comes in the header ``DPoP-Nonce``."""

    status, code, message = 400, "use_dpop_nonce", "The DPoP proof needs a nonce of this server."


class AuthorizationPending(OAuthError):
    """RFC 8628 section 3.5, as the three below."""

    status, code, message = 400, "authorization_pending", "Nobody has answered yet."


class SlowDown(OAuthError):
    status, code, message = 400, "slow_down", "Wait five seconds longer between two requests from now on."


class DeviceDenied(OAuthError):
    status, code, message = 400, "access_denied", "The request was refused."


class ExpiredToken(OAuthError):
    status, code, message = 400, "expired_token", "The device code has expired."


class InvalidToken(OAuthError):
    """RFC 6750 section 3.1."""

    status, code, message = 401, "invalid_token", "The access token is not valid."


class InsufficientScope(OAuthError):
    """RFC 6750 section 3.1."""

    status, code, message = 403, "insufficient_scope", "The access token does not reach that far."


class ServerError(OAuthError):
    status, code, message = 500, "server_error", "Something went wrong on our side."


class TemporarilyUnavailable(OAuthError):
    status, code, message = 503, "temporarily_unavailable", "Not available right now; try again shortly."


class TakenTooLong(OAuthError):
    """RFC 6749 has no code of its own for it; to the client it is the same as the one above."""

    status, code, message = 504, "temporarily_unavailable", "The request took too long; try again shortly."
