"""The refresh tokens of a family: found by their hash, spent once, replaced by the next."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.types import Text

from vaultaris_auth.refresh_tokens.families import Family
from vaultaris_kit.crypto import digest, new_secret
from vaultaris_kit.ids import new_id, now
from vaultaris_kit.revocation import session_key, tenant_key, user_key

_PREFIX: Final = "vrt_"
_SIZE = len(new_secret(_PREFIX))


@dataclass(frozen=True, slots=True)
class FreshToken:
    """A refresh token about to be stored, with the access token that is issued beside it."""

    secret: str
    expires_at: datetime
    access_token_id: UUID
    access_expires_at: datetime


@dataclass(frozen=True, slots=True)
class Found:
    """A stored refresh token and its family."""

    id: UUID
    expires_at: datetime
    spent_at: datetime | None
    family: Family
    ended_at: datetime | None

    @property
    def alive(self) -> bool:
        """Whether it could be used now."""
        return self.spent_at is None and self.ended_at is None and now() < min(self.expires_at, self.family.expires_at)


_ADD = text("""
    INSERT INTO auth.refresh_tokens
        (id, tenant_id, family_id, token_hash, expires_at, access_token_id, access_expires_at)
    VALUES (:id, :tenant_id, :family_id, :token_hash, :expires_at, :access_token_id, :access_expires_at)
""")
_FIND = text("""
    SELECT t.id, t.expires_at, t.spent_at, f.ended_at,
           f.id, f.tenant_id, f.client_id, f.user_id, f.session_id, f.scope, f.amr, f.acr, f.auth_time,
           f.started_ms, f.expires_at
      FROM auth.refresh_tokens t JOIN auth.token_families f ON f.id = t.family_id
     WHERE t.token_hash = :token_hash AND f.client_id = :client_id
""")
_ROTATE = text("""
    WITH spent AS (
        UPDATE auth.refresh_tokens SET spent_at = now()
         WHERE id = :spent_id AND spent_at IS NULL AND expires_at > now()
           AND EXISTS (SELECT 1 FROM auth.token_families
                        WHERE id = :family_id AND ended_at IS NULL AND expires_at > now() FOR SHARE)
           AND NOT EXISTS (SELECT 1 FROM auth.revocations WHERE key = ANY(:keys) AND at_ms >= :started_ms)
        RETURNING tenant_id, family_id
    )
    INSERT INTO auth.refresh_tokens
        (id, tenant_id, family_id, token_hash, expires_at, access_token_id, access_expires_at)
    SELECT :id, tenant_id, family_id, :token_hash, :expires_at, :access_token_id, :access_expires_at FROM spent
    RETURNING id
""").bindparams(bindparam("keys", type_=ARRAY(Text())))


def new_refresh_token() -> str:
    """The text of a new refresh token: 256 random bits behind a prefix that secret scanners can find."""
    return new_secret(_PREFIX)


def looks_like_one(value: str) -> bool:
    """Whether ``value`` could be a refresh token at all."""
    return value.startswith(_PREFIX) and len(value) == _SIZE


async def add_token(session: AsyncSession, family: Family, fresh: FreshToken) -> None:
    """Stores the first refresh token of a family."""
    await session.execute(_ADD, {**_columns(fresh), "tenant_id": family.tenant_id, "family_id": family.id})


async def find_token(session: AsyncSession, client_id: str, secret: str) -> Found | None:
    """The token with its family, spent and ended ones too; None when it is not one of this client's."""
    row = (await session.execute(_FIND, {"token_hash": digest(secret), "client_id": client_id})).first()
    if row is None:
        return None
    token_id, expires_at, spent_at, ended_at, *family = row
    return Found(token_id, expires_at, spent_at, Family(*family), ended_at)


async def rotate(session: AsyncSession, found: Found, fresh: FreshToken) -> bool:
    """Spends ``found`` and stores ``fresh`` in one statement; False when somebody spent it first or it has died.

    The statement also asks the revocations: a sign-in that raced with one may have begun a family too late
    to be ended by it.
    """
    family = found.family
    keys = [session_key(family.session_id), user_key(family.user_id), tenant_key(family.tenant_id)]
    facts = {"spent_id": found.id, "family_id": family.id, "keys": keys, "started_ms": family.started_ms}
    return (await session.execute(_ROTATE, {**_columns(fresh), **facts})).first() is not None


def _columns(fresh: FreshToken) -> dict[str, object]:
    return {
        "id": new_id(),
        "token_hash": digest(fresh.secret),
        "expires_at": fresh.expires_at,
        "access_token_id": fresh.access_token_id,
        "access_expires_at": fresh.access_expires_at,
    }
