"""Licences, limits and what is frozen, on the wire (shapes of the public API)."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from vaultaris_directory.licences.terms import Terms
from vaultaris_directory.licences.token import MAX_TOKEN_CHARS, Features, Licence
from vaultaris_kit.http.fields import CreateBody


class LicenceOut(BaseModel):
    """``limits`` are the tenant's, null means no cap. A hosted tenant is not told whose licence it is."""

    tenant_id: UUID
    license_id: str | None
    tier: str
    status: str
    issued_to: str | None
    issued_at: datetime | None
    expires_at: datetime | None
    features: Features
    limits: dict[str, int | None]
    usage: dict[str, int]


class LimitOut(BaseModel):
    """``limit`` and ``remaining`` are null without a cap; ``allowed`` says whether one more may be made."""

    resource: str
    limit: int | None
    used: int
    remaining: int | None
    allowed: bool


class FrozenOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    resource_type: str
    resource_id: UUID
    name: str
    freeze_reason: str
    frozen_at: datetime


class LicenceBody(CreateBody):
    license_key: str = Field(min_length=1, max_length=MAX_TOKEN_CHARS)


class PreviewBody(CreateBody):
    license_key: str = Field(min_length=1, max_length=MAX_TOKEN_CHARS)


class PreviewOut(BaseModel):
    """``error`` says why a licence is not valid; what it grants is told of expired ones too."""

    valid: bool
    tier: str | None = None
    issued_to: str | None = None
    expires_at: datetime | None = None
    features: Features | None = None
    limits: dict[str, int | None] | None = None
    error: str | None = None


def licence_out(tenant_id: UUID, terms: Terms, usage: dict[str, int]) -> LicenceOut:
    told = None if terms.is_hosted else terms.licence
    return LicenceOut(
        tenant_id=tenant_id,
        license_id=told and told.jti,
        tier=terms.tier,
        status=terms.status,
        issued_to=told and told.sub,
        issued_at=told and told.issued_at,
        expires_at=terms.licence.expires_at,
        features=terms.features,
        limits=dict(terms.limits),
        usage=usage,
    )


def limit_out(resource: str, limit: int | None, used: int) -> LimitOut:
    remaining = None if limit is None else max(limit - used, 0)
    return LimitOut(resource=resource, limit=limit, used=used, remaining=remaining, allowed=remaining != 0)


def preview_out(licence: Licence, moment: datetime) -> PreviewOut:
    expired = licence.status(moment) == "expired"
    return PreviewOut(
        valid=not expired,
        tier=licence.tier,
        issued_to=licence.sub,
        expires_at=licence.expires_at,
        features=licence.features,
        limits=licence.limits,
        error="The licence has expired." if expired else None,
    )
