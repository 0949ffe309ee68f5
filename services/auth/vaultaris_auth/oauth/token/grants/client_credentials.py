"""The client credentials grant (RFC 6749 section 4.4): a client acts for itself. No refresh token, no database."""

from vaultaris_auth.oauth.errors import UnauthorizedClient
from vaultaris_auth.oauth.token.check_resource import check_resource
from vaultaris_auth.oauth.token.check_scope import check_scope
from vaultaris_auth.oauth.token.request import Granted, TokenRequest
from vaultaris_auth.tokens.claims import Grant


class ClientCredentials:
    name = "client_credentials"

    async def decide(self, request: TokenRequest) -> Granted:
        """Raises :class:`UnauthorizedClient`, :class:`InvalidScope`, :class:`InvalidTarget`."""
        client = request.client
        if client.is_public:
            raise UnauthorizedClient("A public client has no credentials of its own.")
        scope = check_scope(request.form, client.allowed_scopes, client.default_scopes)
        return Granted(Grant(client, scope, audience=check_resource(request.form, client)))
