"""For which resource server the token is (RFC 8707): ``resource`` becomes the token's only audience."""

from vaultaris_auth.clients.registry import Client
from vaultaris_auth.oauth.errors import InvalidTarget
from vaultaris_auth.oauth.form import Form


def check_resource(form: Form, client: Client) -> str | None:
    """The resource asked for, which the client must be registered for; None: this server's own endpoints.

    One at a time: a token that is good in two places can be taken from one to the other. Raises :class:`InvalidTarget`.
    """
    resource = form.get("resource")
    if resource is not None and resource not in client.allowed_resources:
        raise InvalidTarget
    return resource


def check_same_resource(form: Form, client: Client, granted: str | None) -> None:
    """The resource that a code or a refresh token was given for, and no other; as long as the client may have it.

    Raises :class:`InvalidTarget`.
    """
    if form.get("resource", granted) != granted:
        raise InvalidTarget("This grant was given for another resource.")
    if granted is not None and granted not in client.allowed_resources:
        raise InvalidTarget
