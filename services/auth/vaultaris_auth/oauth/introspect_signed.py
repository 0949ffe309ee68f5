"""Introspection answers that prove who gave them, and to whom (RFC 9701)."""

import time
from typing import Any, Final

from fastapi import Response

from vaultaris_auth.clients.registry import Client
from vaultaris_auth.keys.keyring import Keyring
from vaultaris_kit.service import Runtime

SIGNED: Final = "application/token-introspection+jwt"
_PLAIN: Final = "application/json"


def prefers_signed(accept: str) -> bool:
    """Whether an ``Accept`` header (RFC 9110 section 12.5.1) names the signed form, and JSON with no more weight."""
    weights = dict(map(_weighed, accept.lower().split(",")))
    return weights.get(SIGNED, 0.0) > 0 and weights[SIGNED] >= weights.get(_PLAIN, 0.0)


def _weighed(media_range: str) -> tuple[str, float]:
    kind, *parameters = (part.strip() for part in media_range.split(";"))
    told = next((each.removeprefix("q=") for each in parameters if each.startswith("q=")), "1")
    try:
        return kind, float(told)
    except ValueError:
        return kind, 0.0


async def signed_introspection(runtime: Runtime, client: Client, told: dict[str, Any]) -> Response:
    """``told`` for ``client``, signed as it is registered to have it, or else by the tenant's active key.

    No ``sub`` and no ``exp`` outside: the answer can't be taken for a token (section 8.1).
    """
    signer = await runtime.get(Keyring).signer(client.tenant_id, client.introspection_alg)
    claims = {
        "iss": runtime.settings.issuer, "aud": client.client_id, "iat": int(time.time()), "token_introspection": told,
    }  # fmt: skip
    return Response(
        signer.introspection_response(claims),
        headers={"Cache-Control": "no-store", "Pragma": "no-cache", "Vary": "Accept"},
        media_type=SIGNED,
    )
