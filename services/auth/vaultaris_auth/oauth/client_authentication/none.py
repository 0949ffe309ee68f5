"""``none``: a public client only names itself."""

from vaultaris_auth.clients.registry import Client
from vaultaris_auth.oauth.client_authentication.method import Presented


class NoAuthentication:
    name = "none"

    def client_id(self, presented: Presented) -> str | None:
        return presented.form.get("client_id")

    def verify(self, presented: Presented, client: Client | None) -> bool:  # noqa: ARG002 - nothing is presented
        return client is not None and client.is_public
