"""The checks of a DPoP proof, in the order of RFC 9449 section 4.3; the memory of used proofs is asked last."""

import hashlib
import hmac
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final
from urllib.parse import unquote, urlsplit
from uuid import UUID

import msgspec

from vaultaris_kit.cache import Cache
from vaultaris_kit.dpop.nonces import Nonces
from vaultaris_kit.jwk import ALGORITHMS, PublicKey, decode_base64url, encode_base64url, parse_public_jwk
from vaultaris_kit.replay import ReplayGuard

TYPE: Final = "dpop+jwt"
MAX_PROOF_CHARS: Final = 8192
SKEW_SECONDS: Final = 60
_REMEMBER_SECONDS: Final = 300
_CLOCK_SECONDS: Final = 5
"""How far a client's clock may run ahead without its proofs seeming newer than a loss of memory."""
_MAX_JTI_CHARS: Final = 256
_MAX_URI_CHARS: Final = 4096
_KEYS: Final = 5_000
_JWS_PARTS: Final = 3
_MALFORMED: Final = (ValueError, RecursionError)
"""What decoding raises: msgspec's errors are ValueErrors, but for too many brackets."""
_DEFAULT_PORTS: Final = {"http": 80, "https": 443}


class ProofRefused(Exception):
    """Why a proof is not accepted; with ``nonce``, what the client must put into its next one."""

    def __init__(self, reason: str, *, nonce: str | None = None) -> None:
        self.reason, self.nonce = reason, nonce
        super().__init__(reason)

    @property
    def code(self) -> str:
        """The error of RFC 9449 sections 5, 7.1 and 8."""
        return "invalid_dpop_proof" if self.nonce is None else "use_dpop_nonce"


@dataclass(frozen=True, slots=True)
class Target:
    """The request that a proof must be for: its method, and its decoded path below the external address."""

    method: str
    path: str


class _Header(msgspec.Struct, frozen=True):
    typ: str
    alg: str
    jwk: dict[str, Any]
    crit: Any = None


class _Claims(msgspec.Struct, frozen=True):
    jti: str
    htm: str
    htu: str
    iat: float
    ath: str | None = None
    nonce: str | None = None


_header = msgspec.json.Decoder(_Header).decode
_claims = msgspec.json.Decoder(_Claims).decode


class Proofs:
    """Verifies proofs for one external address, which configuration names: what a request says of itself is hearsay."""

    def __init__(self, external_url: str, guard: ReplayGuard, nonces: Nonces, *, require_nonce: bool = False) -> None:
        self._base = normal_uri(external_url) or ""
        self._guard, self.nonces, self._require_nonce = guard, nonces, require_nonce
        self._keys: Cache[bytes, tuple[str, PublicKey]] = Cache("dpop_keys", size=_KEYS, max_age=3600)

    async def verify(
        self,
        presented: Sequence[str],
        target: Target,
        tenant_id: UUID,
        *,
        access_token: str | None = None,
        require_nonce: bool = False,
    ) -> str:
        """The thumbprint of the key that made the one proof among ``presented`` (the values of the DPoP header).

        The caller compares it with what the token is bound to. Raises :class:`ProofRefused`, and
        :class:`Unavailable` when nobody can tell whether the proof was used before.
        """
        if len(presented) != 1:
            raise ProofRefused("Exactly one DPoP proof is needed.")
        claims, key = self._open(presented[0])
        self._check_target(claims, target)
        if abs(time.time() - claims.iat) > SKEW_SECONDS:
            raise ProofRefused("iat is too far from the present.")
        if access_token is not None and not _is_hash_of(claims.ath, access_token):
            raise ProofRefused("ath is not the hash of the access token.")
        made_at = self._check_nonce(claims.nonce, needed=require_nonce or self._require_nonce)
        await self._check_unused(claims, key, tenant_id, made_at)
        return key.thumbprint

    def _open(self, proof: str) -> tuple[_Claims, PublicKey]:
        """The claims of a proof whose signature is good."""
        parts = proof.encode().split(b".") if len(proof) <= MAX_PROOF_CHARS else []
        if len(parts) != _JWS_PARTS:
            raise ProofRefused("The proof is not a compact JWS.")
        header, payload, signature = parts
        known = self._keys.get(header)
        algorithm, key = known or _key_of(header)
        try:
            good = key.verify(algorithm, header + b"." + payload, decode_base64url(signature))
            claims = _claims(decode_base64url(payload))
        except _MALFORMED as fault:
            raise ProofRefused("The proof is malformed.") from fault
        if not good:
            raise ProofRefused("The signature is wrong.")
        if known is None:
            self._keys.put(header, (algorithm, key))
        if not 0 < len(claims.jti) <= _MAX_JTI_CHARS:
            raise ProofRefused("jti must be a short string.")
        return claims, key

    def _check_target(self, claims: _Claims, target: Target) -> None:
        if claims.htm != target.method:
            raise ProofRefused(f"htm must be {target.method}.")
        wanted = self._base.removesuffix("/") + target.path
        if normal_uri(claims.htu) != wanted:
            raise ProofRefused(f"htu must be {wanted}.")

    def _check_nonce(self, nonce: str | None, *, needed: bool) -> float:
        """When the nonce was made, 0 without one. One that is sent must be good even where none is needed."""
        if nonce is None and not needed:
            return 0.0
        made_at = self.nonces.made_at(nonce) if nonce is not None else None
        if made_at is None:
            raise ProofRefused("A nonce of this server is needed.", nonce=self.nonces.new())
        return made_at

    async def _check_unused(self, claims: _Claims, key: PublicKey, tenant_id: UUID, nonce_made_at: float) -> None:
        """A proof that may be older than the memory of used ones must show a nonce that is not."""
        name = hashlib.sha256(f"dpop {key.thumbprint} {claims.jti}".encode()).digest()
        claimed = await self._guard.claim(tenant_id, name, _REMEMBER_SECONDS)
        if not claimed.fresh:
            raise ProofRefused("The proof was used before.")
        since = claimed.memory_since
        if claims.iat < since + _CLOCK_SECONDS and nonce_made_at < since:
            raise ProofRefused("A nonce of this server is needed.", nonce=self.nonces.new())


def _key_of(header: bytes) -> tuple[str, PublicKey]:
    try:
        said = _header(decode_base64url(header))
        if said.typ != TYPE or said.crit is not None or said.alg not in ALGORITHMS:
            raise ProofRefused(f"The proof must be a {TYPE}, signed by one of {' '.join(ALGORITHMS)}.")
        return said.alg, parse_public_jwk(said.jwk)
    except _MALFORMED as fault:
        raise ProofRefused(f"The proof's header is malformed: {fault}.") from fault


def _is_hash_of(claimed: str | None, token: str) -> bool:
    expected = encode_base64url(hashlib.sha256(token.encode()).digest())
    return claimed is not None and hmac.compare_digest(claimed.encode(), expected.encode())


@lru_cache(4096)
def normal_uri(uri: str) -> str | None:
    """``uri`` without query and fragment, normalised (RFC 3986 section 6.2); None when it is no web address."""
    try:
        parts = urlsplit(uri[: _MAX_URI_CHARS + 1])
        host, port = parts.hostname, parts.port
    except ValueError:
        return None
    if parts.scheme not in _DEFAULT_PORTS or not host or "@" in parts.netloc or len(uri) > _MAX_URI_CHARS:
        return None
    name = f"[{host}]" if ":" in host else host
    shown = "" if port in (None, _DEFAULT_PORTS[parts.scheme]) else f":{port}"
    return f"{parts.scheme}://{name}{shown}{unquote(parts.path) or '/'}"
