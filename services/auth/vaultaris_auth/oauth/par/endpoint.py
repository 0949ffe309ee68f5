"""``POST /oauth/par`` (RFC 9126 section 2)."""

from fastapi import Request, Response

from vaultaris_auth.oauth.authorize.request import AuthorizeRequest
from vaultaris_auth.oauth.authorize.steps import CHECKS
from vaultaris_auth.oauth.client_authentication.authenticate import authenticate_client
from vaultaris_auth.oauth.client_authentication.method import Presented
from vaultaris_auth.oauth.endpoint import protocol, raw
from vaultaris_auth.oauth.errors import InvalidDpopProof, InvalidRequest
from vaultaris_auth.oauth.form import Form, read_form
from vaultaris_auth.oauth.par.store import SECONDS, push_form
from vaultaris_auth.oauth.proofs import proven_key
from vaultaris_kit.http.dependencies import runtime_of, target_of

_CREDENTIALS = frozenset({"client_secret", "client_assertion", "client_assertion_type"})
_CREATED = 201


@protocol
async def push(request: Request) -> Response:
    """Checks an authorization request as ``/oauth/authorize`` would, and keeps it for the browser that is to follow."""
    runtime, form = runtime_of(request), await read_form(request)
    presented = Presented(form, request.headers.get("authorization", ""))
    client = await authenticate_client(runtime, presented)
    if "request_uri" in form:
        raise InvalidRequest("A pushed request holds no request_uri.")
    kept = {name: value for name, value in form.items() if name not in _CREDENTIALS} | {"client_id": client.client_id}
    kept |= _bound(form, await proven_key(runtime, client, request.headers.getlist("dpop"), target_of(request)))
    asked = AuthorizeRequest(runtime, kept, client=client)
    for check in CHECKS:
        await check(asked)
    return raw({"request_uri": await push_form(runtime, client, kept), "expires_in": SECONDS}, _CREATED)


def _bound(form: Form, jkt: str | None) -> Form:
    """A proof binds the code as ``dpop_jkt`` would (RFC 9449 section 10.1). Raises :class:`InvalidDpopProof`."""
    if jkt is None:
        return {}
    if form.get("dpop_jkt", jkt) != jkt:
        raise InvalidDpopProof("The dpop_jkt names another key than the proof shows.")
    return {"dpop_jkt": jkt}
