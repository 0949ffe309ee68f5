"""Credentials are verified where the request lands; no header is ever trusted as an identity.

API keys come as ``Authorization: ApiKey`` or ``X-Api-Key``; :mod:`vaultaris_kit.api_keys` knows them.

Access tokens are RFC 9068 JWTs: signature by ``kid``, ``typ``, ``iss``, ``aud``, ``exp`` and the tenant of
the signing key are checked here, revocation on every use. One that is bound to a key (RFC 9449) is good under
``Authorization: DPoP`` alone, with a proof.
"""

import json
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, cast
from uuid import UUID

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, KeySet, OKPKey, RSAKey
from joserfc.jws import extract_compact
from starlette.datastructures import Headers

from vaultaris.auth.v1.auth_pb2 import GetVerificationKeyRequest, VerificationKey
from vaultaris.auth.v1.auth_pb2_grpc import AuthServiceStub
from vaultaris_kit.api_keys.resolver import ApiKeys
from vaultaris_kit.cache import Cache
from vaultaris_kit.crypto import digest
from vaultaris_kit.dpop.proofs import ProofRefused, Proofs, Target
from vaultaris_kit.errors import NotFound, Unauthorized
from vaultaris_kit.jwk import ALGORITHMS as PROOF_ALGORITHMS
from vaultaris_kit.principal import Principal
from vaultaris_kit.revocation import Revocations, issued_ms, keys_of
from vaultaris_kit.rpc.client import Peers, call

ACCESS_TOKEN_TYPE = "at+jwt"  # noqa: S105 - a media type of RFC 9068, not a secret
MAX_TOKEN_CHARS = 16_384
"""More than is ever issued: scope and role names are bounded there. The gateway takes headers of 32 KiB in all."""
_ALGORITHMS = ["ES256", "EdDSA", "RS256"]
_TOKENS = 50_000
_KEYS = 10_000
_KEY_SECONDS = 300.0
_LEEWAY_SECONDS = 5

KeySource = Callable[[str], Awaitable[VerificationKey]]
"""Finds a verification key by ``kid``; raises :class:`NotFound`."""


def keys_from_auth(peers: Peers) -> KeySource:
    """Verification keys over gRPC, for every service but auth."""

    async def find(kid: str) -> VerificationKey:
        return await call(AuthServiceStub(peers.channel("auth")).GetVerificationKey, GetVerificationKeyRequest(kid=kid))

    return find


class _Verified(NamedTuple):
    """What a token says, and the keys of the revocation set that would end it."""

    principal: Principal
    revoked_by: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Key:
    """A verification key, parsed once."""

    key_id: str
    tenant_id: str
    algorithm: str
    public: ECKey | OKPKey | RSAKey


_DPOP = f'DPoP algs="{" ".join(PROOF_ALGORITHMS)}"'


def challenge(error: str | None = None) -> dict[str, str]:
    """``WWW-Authenticate`` of RFC 6750 section 3; without an error also that of RFC 9449 section 7.1."""
    return {"WWW-Authenticate": f'Bearer error="{error}"' if error else f"Bearer, {_DPOP}"}


def invalid_token(message: str = "The access token is not valid.") -> Unauthorized:
    """401 as RFC 6750 wants it."""
    return Unauthorized(message, headers=challenge("invalid_token"))


def _not_possessed(message: str, code: str = "invalid_token", nonce: str | None = None) -> Unauthorized:
    """401 as RFC 9449 sections 7.1 and 9 want it."""
    headers = {"WWW-Authenticate": f'{_DPOP}, error="{code}", error_description="{_quotable(message)}"'}
    if nonce is not None:
        headers["DPoP-Nonce"] = nonce
    return Unauthorized(message, code="unauthorized" if code == "invalid_token" else code, headers=headers)


def _quotable(message: str) -> str:
    """What may stand in an ``error_description`` (RFC 6750 section 3); addresses may hold other characters."""
    return "".join(char for char in message if " " <= char <= "~" and char not in '"\\')


def has_credential(headers: Headers) -> bool:
    """Whether the request carries a credential at all, good or bad."""
    return "authorization" in headers or "x-api-key" in headers


class Authenticator:
    """Turns the credential of a request into a :class:`Principal`."""

    def __init__(
        self, issuer: str, keys: KeySource, revocations: Revocations, api_keys: ApiKeys, proofs: Proofs
    ) -> None:
        self._issuer, self._find_key, self._api_keys, self.proofs = issuer, keys, api_keys, proofs
        self.revocations = revocations
        self._tokens: Cache[bytes, _Verified] = Cache("tokens", size=_TOKENS, max_age=3600)
        self._keys: Cache[str, _Key] = Cache("verification_keys", size=_KEYS, max_age=_KEY_SECONDS)

    async def authenticate(self, headers: Headers, target: Target) -> Principal:
        """The caller of a request to ``target``; ``Authorization`` goes before ``X-Api-Key``.

        Raises :class:`Unauthorized`, or :class:`Forbidden` for an API key used from the wrong address.
        """
        scheme, _, credential = headers.get("authorization", "").partition(" ")
        scheme, credential = scheme.lower(), credential.strip()
        if not scheme and (key := headers.get("x-api-key", "").strip()):
            return await self._api_keys.principal_of(key)
        if not credential:
            raise Unauthorized(headers=challenge())
        if scheme == "bearer" or (scheme == "apikey" and _is_token(credential)):
            return await self.verify_bearer(credential)
        if scheme == "dpop":
            return await self._verify_possessed(credential, headers.getlist("dpop"), target)
        if scheme == "apikey":
            return await self._api_keys.principal_of(credential)
        raise Unauthorized("This kind of credential is not accepted here.", headers=challenge())

    async def verify_bearer(self, token: str) -> Principal:
        """The principal of a live access token that whoever bears it may use. Raises :class:`Unauthorized`."""
        principal = await self._verify_for_us(token)
        if principal.jkt is not None:
            raise _not_possessed("The access token is bound to a key: use the DPoP scheme, with a proof.")
        return principal

    async def _verify_possessed(self, token: str, proofs: Sequence[str], target: Target) -> Principal:
        """The principal of a live access token whose key the caller holds (RFC 9449 section 7)."""
        try:
            principal = await self._verify_for_us(token)
        except Unauthorized as refusal:
            raise _not_possessed(refusal.message) from refusal
        if principal.jkt is None:
            raise _not_possessed("The access token is not bound to a key.")
        try:
            jkt = await self.proofs.verify(proofs, target, principal.tenant_id, access_token=token)
        except ProofRefused as refusal:
            raise _not_possessed(refusal.reason, refusal.code, refusal.nonce) from refusal
        if jkt != principal.jkt:
            raise _not_possessed("The access token is bound to another key.")
        return principal

    async def _verify_for_us(self, token: str) -> Principal:
        principal = await self.verify_token(token)
        if principal.audience != self._issuer:
            raise invalid_token("The access token is for somebody else.")
        return principal

    async def verify_token(self, token: str) -> Principal:
        """The principal of a live access token, whoever shows it, and whomever it is for.

        For those who answer about tokens, not for guards.

        Raises :class:`Unauthorized`.
        """
        if len(token) > MAX_TOKEN_CHARS:
            raise invalid_token()
        fingerprint = digest(token)
        verified = self._tokens.get(fingerprint)
        if verified is None or verified.principal.expires_at <= time.time():
            principal = await self._verify(token)
            verified = _Verified(principal, keys_of(principal))
            self._tokens.put(fingerprint, verified, max_age=principal.expires_at - time.time())
        try:
            await self.revocations.check(verified.principal, verified.revoked_by)
        except Unauthorized as refusal:
            raise invalid_token(refusal.message) from refusal
        return verified.principal

    async def _verify(self, token: str) -> Principal:
        try:
            key = await self._key_of(token)
            decoded = jwt.decode(token, key.public, algorithms=[key.algorithm])
        except (JoseError, NotFound, ValueError, KeyError, TypeError) as fault:
            raise invalid_token() from fault
        claims = decoded.claims
        if (
            decoded.header.get("typ") != ACCESS_TOKEN_TYPE
            or claims.get("iss") != self._issuer
            or not isinstance(claims.get("aud"), str)
            or claims.get("tenant_id") != key.tenant_id
            or not isinstance(claims.get("exp"), int)
            or claims["exp"] + _LEEWAY_SECONDS <= time.time()
            or not _understood(claims.get("cnf"))
        ):
            raise invalid_token()
        return principal_of(claims, key.key_id)

    async def _key_of(self, token: str) -> _Key:
        header = extract_compact(token.encode()).headers()
        kid = header.get("kid")
        if not isinstance(kid, str) or header.get("alg") not in _ALGORITHMS:
            raise KeyError("kid")

        async def load() -> _Key:
            return _parse(kid, await self._find_key(kid))

        return await self._keys.get_or_load(kid, load)


def _is_token(credential: str) -> bool:
    """Clients that can't switch scheme send access tokens under ``ApiKey``; a JWS has two dots, a key none."""
    return credential.count(".") == 2  # noqa: PLR2004 - as said


def _understood(confirmation: object) -> bool:
    """Whether a token is unbound, or bound in the one way that is known here (RFC 7800 section 3.1)."""
    return confirmation is None or (
        isinstance(confirmation, dict) and set(confirmation) == {"jkt"} and isinstance(confirmation["jkt"], str)
    )


def _parse(key_id: str, key: VerificationKey) -> _Key:
    public = KeySet.import_key_set({"keys": [json.loads(key.public_jwk)]}).keys[0]
    assert isinstance(public, (ECKey, OKPKey, RSAKey))
    return _Key(key_id, key.tenant_id, key.algorithm, public)


def bound_to(claims: dict[str, Any]) -> str | None:
    """The thumbprint in ``cnf`` of verified claims."""
    confirmation = claims.get("cnf")
    return None if confirmation is None else str(confirmation["jkt"])


def principal_of(claims: dict[str, object], key_id: str | None = None) -> Principal:
    """The principal that verified claims describe."""
    token_id = UUID(str(claims["jti"]))
    session = claims.get("sid")
    return Principal(
        kind="user" if session else "client",
        id=UUID(str(claims["sub"])),
        tenant_id=UUID(str(claims["tenant_id"])),
        name=str(claims.get("username") or claims["client_id"]),
        client_id=str(claims["client_id"]),
        session_id=UUID(str(session)) if session else None,
        token_id=token_id,
        scopes=frozenset(str(claims.get("scope", "")).split()),
        issued_ms=issued_ms(token_id, int(str(claims["iat"]))),
        expires_at=int(str(claims["exp"])),
        auth_time=int(str(claims.get("auth_time", 0))),
        jkt=bound_to(claims),
        delegated=bool(session) and claims.get("first_party") is not True,
        audience=str(claims["aud"]),
        key_id=key_id,
        derived_from=tuple(str(key) for key in cast("list[object]", claims.get("derived_from", ()))),
    )
