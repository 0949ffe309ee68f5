"""What happens to device authorizations.

The pages that ask the person use three of these: :func:`find_by_user_code`, :func:`approve`, :func:`deny`.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final, Literal
from uuid import UUID

from sqlalchemy import and_, delete, or_, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from vaultaris_auth.base import OUTBOX
from vaultaris_auth.clients.registry import Client
from vaultaris_auth.consents.operations import remember_consent
from vaultaris_auth.device_authorizations import guesses
from vaultaris_auth.device_authorizations.codes import UserCodes, new_device_code, new_user_code, normal_user_code
from vaultaris_auth.device_authorizations.models import APPROVED, DENIED, PENDING, REDEEMED, DeviceAuthorization
from vaultaris_auth.tokens.person import SignIn
from vaultaris_kit.context import current_request
from vaultaris_kit.crypto import digest
from vaultaris_kit.errors import NotFound
from vaultaris_kit.ids import new_id, now
from vaultaris_kit.plain import PlainSession
from vaultaris_kit.principal import Principal
from vaultaris_kit.revocation import tenant_key, user_key

LIFETIME: Final = timedelta(minutes=10)
INTERVAL_SECONDS: Final = 5
_LONGEST_TOKEN: Final = timedelta(days=1)
"""No access token lives longer."""
_GRACE_SECONDS: Final = 0.5
"""Networks and timers jitter: a poll that is early by less is not."""

Outcome = Literal["authorization_pending", "slow_down", "access_denied", "expired_token", "invalid_grant"]

_REDEEM = text("""
    UPDATE auth.device_authorizations d SET status = 'redeemed', access_token_id = :access_token_id
     WHERE id = :id AND status = 'approved'
       AND NOT EXISTS (SELECT 1 FROM auth.revocations r
                        WHERE r.key IN (:user || d.user_id, :tenant || d.tenant_id) AND r.at_ms >= d.auth_time * 1000)
    RETURNING id
""")
_FORFEIT = text("UPDATE auth.device_authorizations SET status = 'redeemed' WHERE id = :id AND status = 'approved'")
_REVOKED_BY = {"user": user_key(""), "tenant": tenant_key("")}


@dataclass(frozen=True, slots=True)
class Started:
    """The two codes, which are told once."""

    device_code: str
    user_code: str


@dataclass(frozen=True, slots=True)
class Approved:
    """What waits to be given out: who approved, how they had signed in, and for what scope."""

    id: UUID
    user_id: UUID
    sign_in: SignIn
    scope: tuple[str, ...]


async def start(session: AsyncSession, client: Client, scope: list[str], *, codes: UserCodes) -> Started:
    """Begins an authorization for ``client``."""
    started, request = Started(new_device_code(), new_user_code()), current_request()
    typed = normal_user_code(started.user_code)
    assert typed is not None
    session.add(
        DeviceAuthorization(
            id=new_id(), tenant_id=client.tenant_id, client_id=client.client_id, scope=scope, status=PENDING,
            device_code_hash=digest(started.device_code), user_code_hash=codes.hash_of(client.tenant_id, typed),
            requested_from=request.address, user_agent=request.user_agent, interval=INTERVAL_SECONDS,
            created_at=now(), expires_at=now() + LIFETIME,
        )
    )  # fmt: skip
    return started


async def find_by_user_code(
    session: AsyncSession, tenant_id: UUID, typed: str, *, guesser: str, codes: UserCodes
) -> DeviceAuthorization | None:
    """The authorization that waits under the code that somebody typed; None when there is none, which is counted.

    ``guesser`` names the browser session or the user, whichever is known. Raises :class:`RateLimited` for one who
    guesses. Let the transaction commit when None comes back.
    """
    who, code = codes.guesser(guesser), normal_user_code(typed)
    await guesses.take_guess(session, tenant_id, who)
    found = None
    if code is not None:
        query = select(DeviceAuthorization).where(
            DeviceAuthorization.tenant_id == tenant_id,
            DeviceAuthorization.user_code_hash == codes.hash_of(tenant_id, code),
            DeviceAuthorization.status == PENDING,
            DeviceAuthorization.expires_at > now(),
        )
        found = await session.scalar(query)
    if found is not None:
        await guesses.give_back(session, tenant_id, who)
    return found


async def approve(
    session: AsyncSession, person: Principal, authorization_id: UUID, *, sign_in: SignIn, scope: list[str] | None = None
) -> DeviceAuthorization:
    """``person``, signed in as ``sign_in`` tells, lets the device have tokens; ``scope`` may narrow what it asked for.

    That is a consent like any other: listed, and taken back, at ``/api/v1/consents``. The device gets a session of its
    own. Raises :class:`NotFound` for what no longer waits in the person's tenant.
    """
    found = await _waiting(session, person.tenant_id, authorization_id)
    if scope is not None:
        found.scope = [token for token in found.scope if token in scope]
    found.status, found.user_id = APPROVED, person.id
    found.amr, found.acr, found.auth_time = sign_in.amr, sign_in.acr, sign_in.auth_time
    await remember_consent(session, person, found.client_id, found.scope)
    _emit(session, person, "device_authorization.approved", found)
    return found


async def deny(session: AsyncSession, person: Principal, authorization_id: UUID) -> DeviceAuthorization:
    """``person`` refuses. Raises :class:`NotFound` for what no longer waits in the person's tenant."""
    found = await _waiting(session, person.tenant_id, authorization_id)
    found.status = DENIED
    _emit(session, person, "device_authorization.denied", found)
    return found


async def poll(session: AsyncSession, client: Client, device_code: str) -> Approved | Outcome:
    """A device asks how things stand (RFC 8628 section 3.5). Let the transaction commit in any case."""
    query = select(DeviceAuthorization).where(
        DeviceAuthorization.tenant_id == client.tenant_id,
        DeviceAuthorization.client_id == client.client_id,
        DeviceAuthorization.device_code_hash == digest(device_code),
    )
    found = await session.scalar(query.with_for_update())
    if found is None or found.status == REDEEMED:
        return "invalid_grant"
    if found.expires_at <= now():
        return "expired_token"
    early, found.polled_at = _is_early(found), now()
    if early:
        found.interval += INTERVAL_SECONDS
        return "slow_down"
    return _standing(found)


async def redeem(session: PlainSession, authorization_id: UUID, access_token_id: UUID) -> bool:
    """Gives an approval out, in the transaction that stores what is given: once, and only while it still holds.

    It doesn't when the consent was taken back, or when everything that the person had signed in to has ended since:
    the device's session would begin after that, so that no mark would cover it.
    """
    facts = {"id": authorization_id, "access_token_id": access_token_id, **_REVOKED_BY}
    return (await session.execute(_REDEEM, facts)).first() is not None


async def forfeit(session: AsyncSession, authorization_id: UUID) -> None:
    """Has an approval that could not be given out count as spent: it stays so when its person may sign in again."""
    await session.execute(_FORFEIT, {"id": authorization_id})


async def delete_expired(session: AsyncSession) -> None:
    """Removes authorizations a while after their devices were told; of those given out, when the token is over."""
    over, told = now() - _LONGEST_TOKEN, now() - LIFETIME
    is_over = or_(
        DeviceAuthorization.expires_at <= over,
        and_(DeviceAuthorization.status != REDEEMED, DeviceAuthorization.expires_at <= told),
    )
    await session.execute(delete(DeviceAuthorization).where(is_over))
    await guesses.delete_expired(session)


def _is_early(found: DeviceAuthorization) -> bool:
    wait = timedelta(seconds=found.interval - _GRACE_SECONDS)
    return found.polled_at is not None and now() - found.polled_at < wait


def _standing(found: DeviceAuthorization) -> Approved | Outcome:
    if found.status == PENDING:
        return "authorization_pending"
    if found.status == DENIED:
        return "access_denied"
    assert found.user_id is not None
    act = SignIn(new_id(), found.auth_time or 0, found.amr or [], found.acr or "")
    return Approved(found.id, found.user_id, act, tuple(found.scope))


async def _waiting(session: AsyncSession, tenant_id: UUID, authorization_id: UUID) -> DeviceAuthorization:
    query = select(DeviceAuthorization).where(
        DeviceAuthorization.tenant_id == tenant_id,
        DeviceAuthorization.id == authorization_id,
        DeviceAuthorization.status == PENDING,
        DeviceAuthorization.expires_at > now(),
    )
    found = await session.scalar(query.with_for_update())
    if found is None:
        raise NotFound
    return found


def _emit(session: AsyncSession, person: Principal, event: str, found: DeviceAuthorization) -> None:
    OUTBOX.emit(
        session, person, event, found.tenant_id, resource_type="device_authorization", resource_id=found.id,
        old={"status": PENDING}, new={"status": found.status, "scope": " ".join(found.scope)},
        metadata={"client_id": found.client_id},
    )  # fmt: skip
