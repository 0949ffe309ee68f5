"""``client_secret_jwt``: an assertion authenticated with the client's secret (OpenID Connect Core section 9)."""

from vaultaris_auth.oauth.client_authentication.method import Presented
from vaultaris_auth.oauth.client_authentication.private_key_jwt import PrivateKeyJwt, presented_assertion


class ClientSecretJwt(PrivateKeyJwt):
    name = "client_secret_jwt"

    def client_id(self, presented: Presented) -> str | None:
        assertion = presented_assertion(presented)
        return assertion.claims.sub if assertion is not None and assertion.is_keyed else None
