"""``client_secret_basic``: the credentials as RFC 6749 section 2.3.1 puts them into HTTP Basic."""

from base64 import b64decode
from urllib.parse import unquote_plus

from vaultaris_auth.clients.registry import Client
from vaultaris_auth.oauth.client_authentication.method import Presented, secret_matches
from vaultaris_auth.oauth.errors import InvalidClient, InvalidRequest
from vaultaris_kit.service import Runtime

CHALLENGE = {"WWW-Authenticate": 'Basic realm="vaultaris", charset="UTF-8"'}


class ClientSecretBasic:
    name = "client_secret_basic"
    must_be_registered = False

    def client_id(self, presented: Presented) -> str | None:
        if not _is_basic(presented.authorization) or "client_secret" in presented.form:
            return None
        client_id, _secret = _credentials(presented.authorization)
        if presented.form.get("client_id", client_id) != client_id:
            raise InvalidRequest("The form and the Authorization header name different clients.")
        return client_id

    async def verify(self, runtime: Runtime, presented: Presented, client: Client | None) -> bool:  # noqa: ARG002 - the protocol's signature
        return secret_matches(_credentials(presented.authorization)[1], client)


def _is_basic(authorization: str) -> bool:
    return authorization.partition(" ")[0].lower() == "basic"


def _credentials(authorization: str) -> tuple[str, str]:
    """Both parts are form-encoded before they are joined by a colon."""
    try:
        joined = b64decode(authorization[6:].strip(), validate=True).decode()
    except ValueError as fault:
        raise InvalidClient("The Basic credentials are malformed.", headers=CHALLENGE) from fault
    client_id, _, secret = joined.partition(":")
    return unquote_plus(client_id), unquote_plus(secret)
