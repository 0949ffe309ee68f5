"""The grants: one a file."""

from typing import Final

from vaultaris_auth.oauth.token.grants.authorization_code import AuthorizationCode
from vaultaris_auth.oauth.token.grants.client_credentials import ClientCredentials
from vaultaris_auth.oauth.token.grants.device_code import DeviceCode
from vaultaris_auth.oauth.token.grants.password import Password
from vaultaris_auth.oauth.token.grants.refresh_token import RefreshToken
from vaultaris_auth.oauth.token.grants.token_exchange import TokenExchange
from vaultaris_auth.oauth.token.request import GrantHandler

_ALL: Final[tuple[GrantHandler, ...]] = (
    AuthorizationCode(),
    ClientCredentials(),
    Password(),
    RefreshToken(),
    DeviceCode(),
    TokenExchange(),
)

HANDLERS: Final[dict[str, GrantHandler]] = {handler.name: handler for handler in _ALL}
"""By ``grant_type``."""
