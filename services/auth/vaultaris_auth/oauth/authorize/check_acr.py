"""How surely the person has to prove who they are (OpenID Connect Core sections 3.1.2.1 and 5.5.1.1).

``acr_values`` are wishes: a level that is not there is passed over, and ``acr`` of the ID token says what was reached.
The ``claims`` parameter is not supported; but an ``acr`` that it calls essential is no wish, and a sign-in that can't
reach it counts as failed.
"""

from typing import Any

import msgspec

from vaultaris_auth.authentication.levels import LEVELS
from vaultaris_auth.oauth.authorize.request import AuthorizeRequest
from vaultaris_auth.oauth.errors import InvalidRequest, UnmetAuthenticationRequirements

_decode = msgspec.json.Decoder(dict[str, Any]).decode


async def check_acr(request: AuthorizeRequest) -> None:
    """Raises :class:`InvalidRequest`, :class:`UnmetAuthenticationRequirements`."""
    claims = request.form.get("claims")
    if claims is None:
        return
    wanted = _essential(claims)
    if wanted is not None and not set(wanted) & set(LEVELS):
        raise UnmetAuthenticationRequirements


def _essential(claims: str) -> list[Any] | None:
    """The levels of which one must be reached; None when any will do."""
    try:
        asked = _decode(claims)
    except (ValueError, RecursionError) as fault:
        raise InvalidRequest("The claims parameter is malformed.") from fault
    acr = _member(_member(asked, "id_token"), "acr")
    if acr.get("essential") is not True or not {"value", "values"} & acr.keys():
        return None
    values = acr.get("values", [acr.get("value")])
    if not isinstance(values, list) or not all(isinstance(each, str) for each in values):
        raise InvalidRequest("The claims parameter is malformed.")
    return values


def _member(of: dict[str, Any], name: str) -> dict[str, Any]:
    """A member that is an object or null, which stands for an empty one (section 5.5.1)."""
    member = of.get(name)
    if member is not None and not isinstance(member, dict):
        raise InvalidRequest("The claims parameter is malformed.")
    return member or {}
