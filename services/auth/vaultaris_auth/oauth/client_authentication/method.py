"""What a method of client authentication is."""

from dataclasses import dataclass
from typing import Protocol

from vaultaris_auth.clients.registry import Client
from vaultaris_auth.oauth.form import Form
from vaultaris_kit.crypto import digest, same
from vaultaris_kit.service import Runtime

_NOBODY = digest("nobody's secret")


@dataclass(frozen=True, slots=True)
class Presented:
    """What a request says about its client: the form and the ``Authorization`` header."""

    form: Form
    authorization: str


class Method(Protocol):
    """One way to authenticate."""

    name: str
    """As registered with IANA (``token_endpoint_auth_method``)."""
    must_be_registered: bool
    """Whether only a client that is registered for this very method may use it."""

    def client_id(self, presented: Presented) -> str | None:
        """The client that the request claims to be; None when it does not use this method."""

    async def verify(self, runtime: Runtime, presented: Presented, client: Client | None) -> bool:
        """Whether the claim is true. An unknown client takes as long as a wrong secret."""


def secret_matches(secret: str, client: Client | None) -> bool:
    """Compares a secret with the client's hash, in constant time."""
    known = client.secret_hash if client is not None else None
    return same(digest(secret), known or _NOBODY) and known is not None
