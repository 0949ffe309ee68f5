"""Codes as stored. Plain SQL, because redeeming one is part of every sign-in; the migration describes the table."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from vaultaris_auth.revocations.marks import MAX_TOKENS, Mark
from vaultaris_kit.crypto import digest, new_secret
from vaultaris_kit.ids import last_id_of, now
from vaultaris_kit.revocation import session_key, tenant_key, user_key

_PREFIX = "vac_"
_MAX_CHARS = 100


@dataclass(frozen=True, slots=True)
class Code:
    """What a code stands for. ``auth_time`` in seconds since the epoch; ``started_ms``, in milliseconds, is when the
    person signed in, for not-before revocations. ``dpop_jkt`` is the key that the code was asked for with.
    """

    id: UUID
    tenant_id: UUID
    client_id: str
    user_id: UUID
    session_id: UUID
    redirect_uri: str
    scope: list[str]
    auth_time: int
    started_ms: int
    amr: list[str]
    acr: str
    nonce: str | None
    code_challenge: str | None
    dpop_jkt: str | None
    resource: str | None
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Spent:
    """What the first use of a code gave: a family of refresh tokens, or a single access token."""

    family_id: UUID | None
    access_token_id: UUID


_NAMES = ", ".join(Code.__slots__)
_ADD = text(f"""
    INSERT INTO auth.authorization_codes ({_NAMES}, code_hash)
    VALUES ({", ".join(f":{name}" for name in Code.__slots__)}, :code_hash)
""")  # noqa: S608 - fixed texts only
_FIND = text(f"""
    SELECT {_NAMES}, spent_at IS NOT NULL, family_id, access_token_id
      FROM auth.authorization_codes WHERE code_hash = :code_hash AND client_id = :client_id
""")  # noqa: S608 - fixed texts only
_SPEND = text("""
    UPDATE auth.authorization_codes
       SET spent_at = :now, family_id = :family_id, access_token_id = :access_token_id
     WHERE id = :id AND spent_at IS NULL AND expires_at > :now
       AND NOT EXISTS (SELECT 1 FROM auth.revocations r
                        WHERE r.key IN (:session || session_id, :user || user_id, :tenant || tenant_id)
                          AND r.at_ms >= started_ms)
""")
_GIVEN = """
    FROM auth.authorization_codes
     WHERE tenant_id = :tenant_id AND user_id = :user_id AND client_id = ANY(:client_ids) AND spent_at IS NOT NULL
       AND family_id IS NULL AND access_token_id <= :last
"""
_TOKENS_GIVEN = text(f"SELECT access_token_id {_GIVEN} LIMIT {MAX_TOKENS + 1}")
_SESSIONS_OF_GIVEN = text(f"SELECT DISTINCT session_id {_GIVEN}")
_EXPIRED = text("""
    DELETE FROM auth.authorization_codes WHERE expires_at <= CAST(:now AS timestamptz) - interval '1 day'
""")
"""A spent code is remembered for a day, so that using it again gives it away: no access token lives longer."""
_KEY_PREFIXES = {"session": session_key(""), "user": user_key(""), "tenant": tenant_key("")}


async def add_code(session: AsyncSession, code: Code) -> str:
    """Stores a new code; returns its text, which is kept nowhere."""
    secret = new_secret(_PREFIX)
    await session.execute(_ADD, {**{name: getattr(code, name) for name in Code.__slots__}, "code_hash": digest(secret)})
    return secret


async def find_code(session: AsyncSession, client_id: str, secret: str) -> tuple[Code, Spent | None] | None:
    """The code, if it was given to that client, and what its first use gave when it is spent."""
    if not secret.startswith(_PREFIX) or len(secret) > _MAX_CHARS:
        return None
    row = (await session.execute(_FIND, {"code_hash": digest(secret), "client_id": client_id})).first()
    if row is None:
        return None
    *columns, is_spent, family_id, access_token_id = row
    return Code(*columns), Spent(family_id, access_token_id) if is_spent else None


async def spend_code(session: AsyncSession, code: Code, gave: Spent) -> bool:
    """Spends the code, noting what it gave; False when it is spent or over, or its person has signed out.

    Whoever is second waits for the first: with the False comes the knowledge of what was given.
    """
    facts = {"id": code.id, "now": now(), "family_id": gave.family_id, "access_token_id": gave.access_token_id}
    return bool((await session.execute(_SPEND, {**facts, **_KEY_PREFIXES})).rowcount)  # type: ignore[attr-defined]  # a cursor's result


async def tokens_given_at(
    session: AsyncSession, tenant_id: UUID, user_id: UUID, client_ids: Sequence[str], *, by_ms: int
) -> list[Mark]:
    """Marks of the access tokens that a user got at these clients for codes, without a refresh token, by requests that
    came by ``by_ms``, however long they took; of more than :data:`MAX_TOKENS`, of their sessions.
    """
    facts = {
        "tenant_id": tenant_id, "user_id": user_id, "client_ids": client_ids, "last": last_id_of(by_ms),
    }  # fmt: skip
    tokens = (await session.execute(_TOKENS_GIVEN, facts)).scalars().all()
    if len(tokens) <= MAX_TOKENS:
        return [Mark("token", str(token)) for token in tokens]
    return [Mark("session", str(each)) for each in (await session.execute(_SESSIONS_OF_GIVEN, facts)).scalars()]


async def delete_expired(session: AsyncSession) -> None:
    """Forgets codes that can be neither used nor misused any more."""
    await session.execute(_EXPIRED, {"now": now()})
