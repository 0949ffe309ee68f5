"""OpenID Provider metadata (OpenID Connect Discovery section 3): exactly what is built, nothing more."""

from typing import Any

from vaultaris_auth.authentication.levels import LEVELS
from vaultaris_auth.keys.pairs import SIGNING
from vaultaris_auth.oauth.authorize.check_pkce import METHODS
from vaultaris_auth.oauth.authorize.check_prompt import PROMPTS
from vaultaris_auth.oauth.authorize.check_response_mode import RESPONSE_MODES
from vaultaris_auth.oauth.authorize.check_response_type import RESPONSE_TYPES
from vaultaris_auth.oauth.client_authentication.assertions import HMAC
from vaultaris_auth.oauth.client_authentication.authenticate import METHOD_NAMES
from vaultaris_auth.oauth.token.grants import HANDLERS
from vaultaris_kit.jwk import ALGORITHMS as PROOF_ALGORITHMS


def openid_configuration(issuer: str, base: str) -> dict[str, Any]:
    """The metadata; ``base`` is the external address of this deployment."""
    methods, algorithms = list(METHOD_NAMES), [*PROOF_ALGORITHMS, HMAC]
    return {
        "issuer": issuer,
        "authorization_endpoint": f"{base}/oauth/authorize",
        "pushed_authorization_request_endpoint": f"{base}/oauth/par",
        "token_endpoint": f"{base}/oauth/token",
        "userinfo_endpoint": f"{base}/oauth/userinfo",
        "jwks_uri": f"{base}/.well-known/jwks.json",
        "revocation_endpoint": f"{base}/oauth/revoke",
        "introspection_endpoint": f"{base}/oauth/introspect",
        "end_session_endpoint": f"{base}/oauth/logout",
        "device_authorization_endpoint": f"{base}/oauth/device_authorization",
        "scopes_supported": ["openid", "profile", "email", "phone", "offline_access"],
        "response_types_supported": list(RESPONSE_TYPES),
        "response_modes_supported": list(RESPONSE_MODES),
        "prompt_values_supported": list(PROMPTS),
        "code_challenge_methods_supported": list(METHODS),
        "grant_types_supported": list(HANDLERS),
        "acr_values_supported": list(LEVELS),
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": list(SIGNING),
        "introspection_signing_alg_values_supported": list(SIGNING),
        "token_endpoint_auth_methods_supported": methods,
        "token_endpoint_auth_signing_alg_values_supported": algorithms,
        "revocation_endpoint_auth_methods_supported": methods,
        "revocation_endpoint_auth_signing_alg_values_supported": algorithms,
        "introspection_endpoint_auth_methods_supported": methods,
        "introspection_endpoint_auth_signing_alg_values_supported": algorithms,
        "dpop_signing_alg_values_supported": list(PROOF_ALGORITHMS),
        "claims_supported": [
            "sub", "iss", "aud", "exp", "iat", "auth_time", "nonce", "amr", "acr", "sid", "at_hash", "c_hash", "name",
            "given_name", "family_name", "preferred_username", "locale", "zoneinfo", "updated_at", "picture", "email",
            "email_verified", "phone_number", "phone_number_verified", "tenant_id", "roles", "groups",
        ],
        "claims_parameter_supported": False,
        "request_parameter_supported": False,
        "request_uri_parameter_supported": False,
        "require_pushed_authorization_requests": False,
        "backchannel_logout_supported": True,
        "backchannel_logout_session_supported": True,
        "authorization_response_iss_parameter_supported": True,
    }  # fmt: skip
