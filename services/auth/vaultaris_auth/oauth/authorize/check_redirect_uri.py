"""Where the answer goes: an address that the client has registered, character by character (RFC 9700 section 2.1)."""

from urllib.parse import urlsplit

from vaultaris_auth.oauth.authorize.request import AuthorizeRequest
from vaultaris_auth.oauth.errors import InvalidRequest
from vaultaris_auth.oauth.form import required

_LOOPBACK = frozenset({"127.0.0.1", "::1"})


async def check_redirect_uri(request: AuthorizeRequest) -> None:
    """Raises :class:`InvalidRequest`, which is told to the person and never to that address."""
    uri = required(request.form, "redirect_uri")
    if not any(is_registered(uri, registered) for registered in request.client.redirect_uris):
        raise InvalidRequest("The application wants you sent to an address that is not registered.")
    request.redirect_uri = uri


def is_registered(uri: str, registered: str) -> bool:
    """Whether they are the same, but for the port of a loopback address (RFC 8252 section 7.3)."""
    return uri == registered or (_without_port(uri) is not None and _without_port(uri) == _without_port(registered))


def _without_port(uri: str) -> str | None:
    """An http address on a loopback IP literal, with its port left out; None for every other address."""
    try:
        parts = urlsplit(uri)
        host, port = parts.hostname, parts.port
    except ValueError:
        return None
    if parts.scheme != "http" or host not in _LOOPBACK or "@" in parts.netloc or "#" in uri:
        return None
    literal = f"[{host}]" if ":" in host else host
    exact = {f"http://{literal}{part}{uri.partition(parts.netloc)[2]}" for part in ("", f":{port}")}
    return f"http://{literal}{uri.partition(parts.netloc)[2]}" if uri in exact else None
