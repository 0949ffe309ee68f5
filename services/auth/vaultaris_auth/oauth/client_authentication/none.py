"""``none``: a public client only names itself."""

from vaultaris_auth.clients.registry import Client
from vaultaris_auth.oauth.client_authentication.method import Presented
from vaultaris_kit.service import Runtime


class NoAuthentication:
    name = "none"
    must_be_registered = False

    def client_id(self, presented: Presented) -> str | None:
        return presented.form.get("client_id")

    async def verify(self, runtime: Runtime, presented: Presented, client: Client | None) -> bool:  # noqa: ARG002 - the protocol's signature
        return client is not None and client.is_public
