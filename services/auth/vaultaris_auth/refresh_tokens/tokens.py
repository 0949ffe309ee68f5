"""The refresh tokens of a family: found by their hash, spent once, replaced by the next."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from datetime import datetime
from secrets import token_bytes
from typing import Any, Final, NamedTuple
from uuid import UUID

from sqlalchemy import text

from vaultaris_auth.refresh_tokens.families import Family
from vaultaris_auth.tokens.lifetimes import OFFLINE
from vaultaris_kit.crypto import digest
from vaultaris_kit.database import AnySession, Database
from vaultaris_kit.ids import now
from vaultaris_kit.plain import SCOPE, PlainSession
from vaultaris_kit.revocation import session_key, tenant_key, user_key

_PREFIX: Final = "vrt_"
_SECRET_BYTES: Final = 32
_USER_BYTES: Final = 16
_CHARS: Final = len(_PREFIX) + (_USER_BYTES + _SECRET_BYTES) * 4 // 3


@dataclass(frozen=True, slots=True)
class FreshToken:
    """A refresh token about to be stored, with the access token that is issued beside it.

    It dies of idleness at ``expires_at`` with the scope ``offline_access``, at ``online_expires_at`` without it; its
    family may die sooner.
    """

    id: UUID
    secret: str
    expires_at: datetime
    online_expires_at: datetime
    access_token_id: UUID
    access_expires_at: datetime

    def ends_at(self, family: Family) -> datetime:
        """When it dies if it is not used."""
        return min(self.expires_at if OFFLINE in family.scope else self.online_expires_at, family.expires_at)


@dataclass(frozen=True, slots=True)
class Found:
    """A stored refresh token and its family."""

    id: UUID
    expires_at: datetime
    spent_at: datetime | None
    ended_at: datetime | None
    family: Family

    @property
    def alive(self) -> bool:
        """Whether it can be used, or could until this moment."""
        return self.spent_at is None and self.ended_at is None and now() < min(self.expires_at, self.family.expires_at)


class Successor(NamedTuple):
    """The token that took the place of a spent one, and the access token that was issued beside it."""

    id: UUID
    access_token_id: UUID


_START = text("""
    WITH family AS (
        INSERT INTO auth.token_families
            (id, tenant_id, client_id, user_id, session_id, scope, amr, acr, auth_time, started_ms, expires_at,
             delegated, jkt, resource)
        VALUES (:id, :tenant_id, :client_id, :user_id, :session_id, :scope, :amr, :acr, :auth_time, :started_ms,
                :expires_at, :delegated, :jkt, :resource)
        RETURNING id, tenant_id
    )
    INSERT INTO auth.refresh_tokens
        (id, tenant_id, family_id, token_hash, expires_at, access_token_id, access_expires_at)
    SELECT :token_id, tenant_id, id, :token_hash, :token_expires_at, :access_token_id, :access_expires_at FROM family
""")
_FOUND = """
    SELECT t.id, t.expires_at, t.spent_at, f.ended_at,
           f.id AS family_id, f.tenant_id, f.client_id, f.user_id, f.session_id, f.scope, f.amr, f.acr, f.auth_time,
           f.started_ms, f.expires_at AS family_expires_at, f.delegated, f.jkt, f.resource
      FROM auth.refresh_tokens t JOIN auth.token_families f ON f.id = t.family_id
     WHERE t.token_hash = :spent_hash AND f.client_id = :client_id
"""
_FIND = text(_FOUND)
_LIVE_FAMILY = """
    EXISTS (SELECT 1 FROM auth.token_families f
             WHERE f.id = found.family_id AND f.ended_at IS NULL AND f.expires_at > now() FOR SHARE)
    AND NOT EXISTS (SELECT 1 FROM auth.revocations r
                     WHERE r.key IN (:session || found.session_id, :user || found.user_id, :tenant || found.tenant_id)
                       AND r.at_ms >= found.started_ms)
"""
_SPEND = """
        UPDATE auth.refresh_tokens t SET spent_at = now(), spent_by = :spent_by, successor_id = :id FROM found
         WHERE t.id = found.id AND t.spent_at IS NULL AND t.expires_at > now()
"""
_SUCCEED = f"""
        RETURNING found.tenant_id, found.family_id, found.family_expires_at, found.scope
    ),
    fresh AS (
        INSERT INTO auth.refresh_tokens
            (id, tenant_id, family_id, token_hash, expires_at, access_token_id, access_expires_at)
        SELECT :id, tenant_id, family_id, :token_hash,
               LEAST(CASE WHEN '{OFFLINE}' = ANY(scope) THEN CAST(:expires_at AS timestamptz)
                          ELSE CAST(:online_expires_at AS timestamptz) END, family_expires_at),
               :access_token_id, :access_expires_at
          FROM spent
    )
"""  # noqa: S608 - made of fixed texts only
_ROTATE = text(f"""
    WITH found AS ({_FOUND}), spent AS ({_SPEND} AND {_LIVE_FAMILY} {_SUCCEED}
    SELECT EXISTS (SELECT 1 FROM spent), found.* FROM found
""")  # noqa: S608 - the same
_ROTATE_AT_ONCE = text(f"""
    WITH {SCOPE},
    found AS MATERIALIZED (
        SELECT asked.* FROM scope CROSS JOIN LATERAL (
            SELECT found.*, {_LIVE_FAMILY} AS live FROM ({_FOUND}) AS found
             WHERE scope.tenant IS NOT NULL AND found.jkt IS NOT DISTINCT FROM :jkt AND found.resource IS NULL
            OFFSET 0
        ) AS asked
    ),
    spent AS ({_SPEND} AND found.live {_SUCCEED}
    SELECT found.* FROM found WHERE EXISTS (SELECT 1 FROM spent)
""")  # noqa: S608 - the same
_SUCCESSOR = text(f"""
    WITH found AS ({_FOUND})
    SELECT n.id, n.access_token_id
      FROM found JOIN auth.refresh_tokens t ON t.id = found.id JOIN auth.refresh_tokens n ON n.id = t.successor_id
     WHERE t.spent_by = :spent_by AND t.spent_at > now() - make_interval(secs => :overlap)
       AND n.spent_at IS NULL AND n.expires_at > now() AND {_LIVE_FAMILY}
""")  # noqa: S608 - made of fixed texts only
_KEY_PREFIXES: Final = {"session": session_key(""), "user": user_key(""), "tenant": tenant_key("")}


def new_refresh_token(user_id: UUID) -> str:
    """The text of a new refresh token: 256 random bits behind a prefix that secret scanners can find.

    It names its user too, so that the directory can be asked about them before a transaction begins. Clients
    know the user anyway; nothing is believed until the hash of the whole was found.
    """
    return token_text(user_id, token_bytes(_SECRET_BYTES))


def token_text(user_id: UUID, secret: bytes) -> str:
    """The text of the refresh token with these 256 bits."""
    return _PREFIX + urlsafe_b64encode(user_id.bytes + secret).decode()


def looks_like_one(value: str) -> bool:
    """Whether ``value`` could be a refresh token at all."""
    return value.startswith(_PREFIX) and len(value) == _CHARS and value.isascii()


def user_named_by(value: str) -> UUID | None:
    """The user that a refresh token claims to be of; None when it is none."""
    if not looks_like_one(value):
        return None
    try:
        return UUID(bytes=urlsafe_b64decode(value.removeprefix(_PREFIX))[:_USER_BYTES])
    except ValueError:
        return None


async def start_family(session: AnySession, family: Family, fresh: FreshToken) -> None:
    """Stores a new family with its first refresh token."""
    facts = {name: getattr(family, name) for name in Family.__slots__} | {
        **_columns(fresh), "id": family.id, "expires_at": family.expires_at,
        "token_id": fresh.id, "token_expires_at": fresh.ends_at(family),
    }  # fmt: skip
    await session.execute(_START, facts)


async def find_token(database: Database, tenant_id: UUID, client_id: str, secret: str) -> Found | None:
    """The token with its family, spent and ended ones too; None when it is not one of this client's."""
    row = (await database.look(tenant_id, _FIND, spent_hash=digest(secret), client_id=client_id)).first()
    return None if row is None else _found(*row)


async def rotate(
    session: PlainSession, client_id: str, secret: str, fresh: FreshToken, spent_by: bytes | None
) -> tuple[Found | None, bool]:
    """Spends a token and stores ``fresh`` in its place, in one statement; returns it and whether that was done.

    It is not done for a token that is spent, expired or revoked, whose family has ended, or that somebody
    else spends at this moment: ``Found`` then still shows it unspent. The statement asks the revocations too,
    because a sign-in that raced with one may have begun its family too late to be ended by it. ``spent_by`` names the
    request (:func:`vaultaris_auth.refresh_tokens.succession.fingerprint`); None allows no second try of it.
    """
    row = (await session.execute(_ROTATE, _rotation(client_id, secret, fresh, spent_by))).first()
    if row is None:
        return None, False
    rotated, *columns = row
    return _found(*columns), rotated


async def rotate_at_once(
    database: Database, tenant_id: UUID, client_id: str, secret: str, fresh: FreshToken, *,
    spent_by: bytes | None, jkt: str | None,
) -> Family | None:  # fmt: skip
    """The same in one round trip, for a token whose family has no resource and the key ``jkt``, or neither has one.

    Returns the family, or None when nothing was done; :func:`rotate` tells why.
    """
    facts = _rotation(client_id, secret, fresh, spent_by)
    row = (await database.change(tenant_id, _ROTATE_AT_ONCE, **facts, jkt=jkt)).first()
    if row is None:
        return None
    *columns, _live = row
    return _found(*columns).family


async def find_successor(
    session: PlainSession, client_id: str, secret: str, spent_by: bytes, overlap_seconds: float
) -> Successor | None:
    """What a token was spent on by the very same request, at most so long ago, if nobody has used that since."""
    facts = {
        "spent_hash": digest(secret), "client_id": client_id, "spent_by": spent_by, "overlap": overlap_seconds,
        **_KEY_PREFIXES,
    }  # fmt: skip
    row = (await session.execute(_SUCCESSOR, facts)).first()
    return None if row is None else Successor(*row)


def _found(
    token_id: UUID, expires_at: datetime, spent_at: datetime | None, ended_at: datetime | None, *family: Any
) -> Found:
    return Found(token_id, expires_at, spent_at, ended_at, Family(*family))


def _rotation(client_id: str, secret: str, fresh: FreshToken, spent_by: bytes | None) -> dict[str, object]:
    return {
        "spent_hash": digest(secret), "client_id": client_id, "spent_by": spent_by,
        "online_expires_at": fresh.online_expires_at, **_columns(fresh), **_KEY_PREFIXES,
    }  # fmt: skip


def _columns(fresh: FreshToken) -> dict[str, object]:
    return {
        "id": fresh.id,
        "token_hash": digest(fresh.secret),
        "expires_at": fresh.expires_at,
        "access_token_id": fresh.access_token_id,
        "access_expires_at": fresh.access_expires_at,
    }
