"""Licences, limits and what is frozen, on the wire (shapes of the public API)."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from vaultaris_directory.licences.token import MAX_TOKEN_CHARS, Features, Licence
from vaultaris_kit.http.fields import CreateBody


class LicenceOut(BaseModel):
    """``limits`` are per tenant, null means no cap. ``usage`` holds what the directory counts."""

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


def licence_out(tenant_id: UUID, licence: Licence, moment: datetime, usage: dict[str, int]) -> LicenceOut:
    return LicenceOut(
        tenant_id=tenant_id,
        license_id=licence.jti,
        tier=licence.tier,
        status=licence.status(moment),
        issued_to=licence.sub,
        issued_at=licence.issued_at,
        expires_at=licence.expires_at,
        features=licence.features_at(moment),
        limits=licence.limits,
        usage=usage,
    )


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
