"""``client_secret_post``: both credentials in the form. They win over anything in the header."""

from vaultaris_auth.clients.registry import Client
from vaultaris_auth.oauth.client_authentication.method import Presented, secret_matches
from vaultaris_kit.service import Runtime


class ClientSecretPost:
    name = "client_secret_post"
    must_be_registered = False

    def client_id(self, presented: Presented) -> str | None:
        return presented.form.get("client_id") if "client_secret" in presented.form else None

    async def verify(self, runtime: Runtime, presented: Presented, client: Client | None) -> bool:  # noqa: ARG002 - the protocol's signature
        return secret_matches(presented.form["client_secret"], client)
