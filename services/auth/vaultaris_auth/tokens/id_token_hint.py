"""Reading an ID token that comes back as a hint: ours and unchanged, though perhaps long expired."""

import json
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from joserfc.jws import extract_compact

from vaultaris_auth.keys.keyring import Keyring
from vaultaris_kit.errors import NotFound
from vaultaris_kit.service import Runtime

_MAX_CHARS = 8192
_TYPE = "JWT"


async def read_hint(runtime: Runtime, hint: str) -> dict[str, Any] | None:
    """Its claims; None for anything but an ID token that this issuer signed with a key it still publishes."""
    if len(hint) > _MAX_CHARS:
        return None
    try:
        key = await runtime.get(Keyring).find(str(extract_compact(hint.encode()).headers()["kid"]))
        public = KeySet.import_key_set({"keys": [json.loads(key.public_jwk)]}).keys[0]
        token = jwt.decode(hint, public, algorithms=[key.algorithm])
    except (JoseError, NotFound, ValueError, KeyError, TypeError):
        return None
    claims: dict[str, Any] = token.claims
    ours = claims.get("iss") == runtime.settings.issuer and claims.get("tenant_id") == key.tenant_id
    return claims if ours and token.header.get("typ") == _TYPE and "sid" in claims else None
