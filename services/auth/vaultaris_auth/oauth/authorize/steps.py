"""The checks of an authorization request, in their order."""

from collections.abc import Awaitable, Callable
from typing import Final

from vaultaris_auth.oauth.authorize.check_acr import check_acr
from vaultaris_auth.oauth.authorize.check_dpop_jkt import check_dpop_jkt
from vaultaris_auth.oauth.authorize.check_grant_allowed import check_grant_allowed
from vaultaris_auth.oauth.authorize.check_id_token_hint import check_id_token_hint
from vaultaris_auth.oauth.authorize.check_lengths import check_lengths
from vaultaris_auth.oauth.authorize.check_max_age import check_max_age
from vaultaris_auth.oauth.authorize.check_pkce import check_pkce
from vaultaris_auth.oauth.authorize.check_prompt import check_prompt
from vaultaris_auth.oauth.authorize.check_redirect_uri import check_redirect_uri
from vaultaris_auth.oauth.authorize.check_repeated import check_repeated
from vaultaris_auth.oauth.authorize.check_resource import check_resource
from vaultaris_auth.oauth.authorize.check_response_mode import check_response_mode
from vaultaris_auth.oauth.authorize.check_response_type import check_response_type
from vaultaris_auth.oauth.authorize.check_scope import check_scope
from vaultaris_auth.oauth.authorize.check_tenant import check_tenant
from vaultaris_auth.oauth.authorize.find_client import find_client
from vaultaris_auth.oauth.authorize.load_pushed import load_pushed
from vaultaris_auth.oauth.authorize.reject_unsupported import reject_unsupported
from vaultaris_auth.oauth.authorize.request import AuthorizeRequest

Step = Callable[[AuthorizeRequest], Awaitable[None]]

CHECKS: Final[tuple[Step, ...]] = (
    check_redirect_uri,
    # from here on errors go to the client, at an address that is verified
    check_response_mode,
    check_repeated,
    check_lengths,
    check_tenant,
    reject_unsupported,
    check_response_type,
    check_grant_allowed,
    check_scope,
    check_pkce,
    check_prompt,
    check_max_age,
    check_acr,
    check_id_token_hint,
    check_resource,
    check_dpop_jkt,
)
"""What every request goes through once its client is known, pushed or not."""

STEPS: Final[tuple[Step, ...]] = (find_client, load_pushed, *CHECKS)
"""``/oauth/authorize``, from the top."""
