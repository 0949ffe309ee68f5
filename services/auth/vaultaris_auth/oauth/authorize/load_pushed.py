"""What was pushed takes the place of what the browser brought (RFC 9126 section 4)."""

from vaultaris_auth.oauth.authorize.request import AuthorizeRequest
from vaultaris_auth.oauth.errors import InvalidRequest, InvalidRequestUri
from vaultaris_auth.oauth.par.store import URN, take_form


async def load_pushed(request: AuthorizeRequest) -> None:
    """Nothing else of the query counts but ``client_id``.

    An address that we would have to fetch is left to :mod:`.reject_unsupported`. Raises :class:`InvalidRequest` for a
    client that must push and did not, :class:`InvalidRequestUri`.
    """
    request_uri = request.form.get("request_uri")
    if request_uri is None or not request_uri.startswith(URN):
        if request.client.require_par:
            raise InvalidRequest("This application has to push its requests (RFC 9126).")
        return
    form = await take_form(request.runtime, request.client, request_uri)
    if form is None:
        raise InvalidRequestUri
    request.form, request.repeated = form, frozenset()
