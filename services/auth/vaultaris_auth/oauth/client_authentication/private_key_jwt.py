"""``private_key_jwt``: an assertion signed with the client's own key (OpenID Connect Core section 9)."""

from vaultaris_auth.clients.registry import Client
from vaultaris_auth.oauth.client_authentication.assertions import TYPE, Assertion, Assertions, read_assertion
from vaultaris_auth.oauth.client_authentication.method import Presented
from vaultaris_auth.oauth.errors import InvalidClient, InvalidRequest
from vaultaris_kit.service import Runtime


class PrivateKeyJwt:
    name = "private_key_jwt"
    must_be_registered = True

    def client_id(self, presented: Presented) -> str | None:
        assertion = presented_assertion(presented)
        return None if assertion is None or assertion.is_keyed else assertion.claims.sub

    async def verify(self, runtime: Runtime, presented: Presented, client: Client | None) -> bool:
        assertion = presented_assertion(presented)
        if client is None or assertion is None or client.auth_method != self.name:
            return False
        return await runtime.get(Assertions).verify(assertion, client)


def presented_assertion(presented: Presented) -> Assertion | None:
    """The assertion of a request, if it brings one. Raises :class:`InvalidClient`, :class:`InvalidRequest`."""
    text, kind = presented.form.get("client_assertion"), presented.form.get("client_assertion_type")
    if text is None and kind is None:
        return None
    if text is None or kind != TYPE or "client_secret" in presented.form:
        raise InvalidRequest("A client assertion needs its type, and nothing else beside it.")
    assertion = read_assertion(text)
    if assertion is None:
        raise InvalidClient
    if presented.form.get("client_id", assertion.claims.sub) != assertion.claims.sub:
        raise InvalidRequest("The form and the assertion name different clients.")
    return assertion
