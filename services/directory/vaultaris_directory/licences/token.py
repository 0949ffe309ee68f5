"""Licence tokens: compact JWS signed with EdDSA (RFC 8037), verified offline against one public key.

Header: ``{"alg": "EdDSA", "typ": "license+jwt"}``. Claims: ``jti`` (the licence's id), ``sub`` (whom it was issued
to), ``iat``, ``exp`` (optional; Unix seconds), and those of :class:`_Terms`.
"""

import base64
import warnings
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from joserfc import jwt
from joserfc.errors import JoseError, SecurityWarning
from joserfc.jwk import OKPKey
from joserfc.jws import extract_compact
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from vaultaris_kit.ids import MASTER_TENANT_ID

warnings.filterwarnings("ignore", message="EdDSA is deprecated", category=SecurityWarning)
# RFC 9864 prefers the name Ed25519; licences keep the older one, which every library knows, and only that curve.

TOKEN_TYPE = "license+jwt"  # noqa: S105 - a media type, not a secret
MAX_TOKEN_CHARS = 16_384
_ED25519_BYTES = 32
_MAX_EPOCH = 253_402_300_799

Tier = Literal["community", "pro", "enterprise"]
Status = Literal["none", "active", "grace", "expired"]
Epoch = Annotated[int, Field(ge=0, le=_MAX_EPOCH)]


class LicenceFault(ValueError):
    """Why a token is no licence. Holds nothing of the token."""


Limits = Annotated[dict[str, Annotated[int, Field(ge=0, le=2**53)] | None], Field(max_length=100)]
"""By resource, how many; null or missing means no cap."""


class TierTerms(BaseModel):
    """What a tier that a host hands out means. ``limits`` come before those that hold in every tenant."""

    model_config = ConfigDict(frozen=True)

    limits: Limits = Field(default_factory=dict)


class Hosting(BaseModel):
    """``max_hosted_tenants`` None: no cap. ``tiers`` says what the tiers mean in the hosted tenants."""

    model_config = ConfigDict(frozen=True)

    enabled: bool = False
    max_hosted_tenants: int | None = Field(None, ge=0)
    allowed_tiers: tuple[Tier, ...] = ()
    tiers: dict[Tier, TierTerms] = Field(default_factory=dict)

    @property
    def cap(self) -> int | None:
        """How many tenants may be hosted; None: any number."""
        return self.max_hosted_tenants if self.enabled else 0


class Features(BaseModel):
    model_config = ConfigDict(frozen=True)

    hosting: Hosting = Hosting()


class _Terms(BaseModel):
    """What a licence grants, to the instance or, when it is applied to one, to the tenant that it names.

    ``grace_days`` begin when the licence expires; after them ``expired_limits`` come before ``limits``.
    """

    model_config = ConfigDict(frozen=True)

    tier: Tier
    tenant_id: UUID = MASTER_TENANT_ID
    grace_days: int = Field(14, ge=0, le=365)
    features: Features = Features()
    limits: Limits = Field(default_factory=dict)
    expired_limits: Limits = Field(default_factory=dict)


class Licence(_Terms):
    """A licence whose signature is good, expired or not."""

    jti: str | None = Field(None, max_length=200)
    sub: str | None = Field(None, max_length=200)
    iat: Epoch | None = None
    exp: Epoch | None = None

    @property
    def issued_at(self) -> datetime | None:
        return _moment(self.iat)

    @property
    def expires_at(self) -> datetime | None:
        return _moment(self.exp)

    def status(self, moment: datetime) -> Status:
        """``none`` is the community licence that nobody issued."""
        if self.jti is None:
            return "none"
        if self.expires_at is None or moment < self.expires_at:
            return "active"
        return "grace" if moment - self.expires_at < timedelta(days=self.grace_days) else "expired"

    def features_at(self, moment: datetime) -> Features:
        """The features in force: an expired licence has none, while its limits stay."""
        return Features() if self.status(moment) == "expired" else self.features

    def limits_at(self, moment: datetime) -> dict[str, int | None]:
        """The limits in force."""
        return {**self.limits, **self.expired_limits} if self.status(moment) == "expired" else dict(self.limits)


COMMUNITY = Licence(tier="community")
"""Without a licence: no caps, hosting off."""


def read_public_key(text: str) -> OKPKey:
    """An Ed25519 public key: PEM, or its 32 bytes in base64url. Raises :class:`LicenceFault`."""
    try:
        key = OKPKey.import_key(text if text.lstrip().startswith("-----BEGIN") else _jwk_of(text.strip()))
    except (JoseError, ValueError, TypeError) as fault:
        raise LicenceFault("The public key can't be read: it must be PEM, or 32 bytes in base64url.") from fault
    if key.as_dict(private=False).get("crv") != "Ed25519":
        raise LicenceFault("The public key must be an Ed25519 key.")
    return key


def _jwk_of(text: str) -> dict[str, str | list[str]]:
    """Raises :class:`ValueError` for what are not 32 bytes."""
    if len(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))) != _ED25519_BYTES:
        raise ValueError("not 32 bytes")
    return {"kty": "OKP", "crv": "Ed25519", "x": text.rstrip("=")}


def read_licence(token: str, key: OKPKey) -> Licence:
    """The licence in a token, expired or not. Raises :class:`LicenceFault`."""
    if len(token) > MAX_TOKEN_CHARS:
        raise LicenceFault("The licence is too long.")
    try:
        decoded = jwt.decode(token.strip(), key, algorithms=["EdDSA"])
    except (JoseError, ValueError, TypeError) as fault:
        raise LicenceFault("The licence is not signed with the expected key.") from fault
    if decoded.header.get("typ") != TOKEN_TYPE:
        raise LicenceFault("The token is not a licence.")
    return _licence_of(decoded.claims)


def read_unverified(token: str) -> Licence:
    """What a token says, whoever may have said it. Raises :class:`LicenceFault`."""
    try:
        payload = extract_compact(token.strip().encode()).payload
        claims = msgspec.json.decode(payload, type=dict[str, Any])
    except (JoseError, ValueError, TypeError) as fault:
        raise LicenceFault("The token is not a licence.") from fault
    return _licence_of(claims)


def _licence_of(claims: dict[str, Any]) -> Licence:
    missing = [name for name in ("jti", "sub", "iat") if not claims.get(name)]
    if missing:
        raise LicenceFault(f"The licence lacks {', '.join(missing)}.")
    try:
        return Licence.model_validate(claims)
    except ValidationError as fault:
        names = sorted({".".join(map(str, each["loc"])) for each in fault.errors()})
        raise LicenceFault(f"The licence has bad values: {', '.join(names)}.") from fault


def _moment(epoch: int | None) -> datetime | None:
    return None if epoch is None else datetime.fromtimestamp(epoch, UTC)
