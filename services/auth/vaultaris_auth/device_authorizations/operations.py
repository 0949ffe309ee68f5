"""What happens to device authorizations.

The pages that ask the person use three of these: :func:`find_by_user_code`, :func:`approve`, :func:`deny`.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final, Literal
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from vaultaris_auth.base import OUTBOX
from vaultaris_auth.clients.registry import Client
from vaultaris_auth.device_authorizations import guesses
from vaultaris_auth.device_authorizations.codes import UserCodes, new_device_code, new_user_code, normal_user_code
from vaultaris_auth.device_authorizations.models import APPROVED, DENIED, PENDING, REDEEMED, DeviceAuthorization
from vaultaris_auth.revocations.repository import covers
from vaultaris_auth.tokens.person import SignIn
from vaultaris_kit.context import current_request
from vaultaris_kit.crypto import digest
from vaultaris_kit.errors import NotFound
from vaultaris_kit.ids import new_id, now
from vaultaris_kit.principal import Principal
from vaultaris_kit.revocation import tenant_key, user_key

LIFETIME: Final = timedelta(minutes=10)
INTERVAL_SECONDS: Final = 5
_GRACE_SECONDS: Final = 0.5
"""Networks and timers jitter: a poll that is early by less is not."""

Outcome = Literal["authorization_pending", "slow_down", "access_denied", "expired_token", "invalid_grant", "approved"]


@dataclass(frozen=True, slots=True)
class Started:
    """The two codes, which are told once."""

    device_code: str
    user_code: str


@dataclass(frozen=True, slots=True)
class Polled:
    """What a poll is answered; with ``approved``, who approved, how they had signed in, and for what scope."""

    outcome: Outcome
    user_id: UUID | None = None
    sign_in: SignIn | None = None
    scope: tuple[str, ...] = ()


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
    await guesses.check_guesses(session, tenant_id, who)
    found = None
    if code is not None:
        query = select(DeviceAuthorization).where(
            DeviceAuthorization.tenant_id == tenant_id,
            DeviceAuthorization.user_code_hash == codes.hash_of(tenant_id, code),
            DeviceAuthorization.status == PENDING,
            DeviceAuthorization.expires_at > now(),
        )
        found = await session.scalar(query)
    if found is None:
        await guesses.count_wrong(session, tenant_id, who)
    return found


async def approve(
    session: AsyncSession, person: Principal, authorization_id: UUID, *, sign_in: SignIn, scope: list[str] | None = None
) -> DeviceAuthorization:
    """``person``, signed in as ``sign_in`` tells, lets the device have tokens; ``scope`` may narrow what it asked for.

    The device gets a session of its own. Raises :class:`NotFound` for what no longer waits in the person's tenant.
    """
    found = await _waiting(session, person.tenant_id, authorization_id)
    if scope is not None:
        found.scope = [token for token in found.scope if token in scope]
    found.status, found.user_id = APPROVED, person.id
    found.amr, found.acr, found.auth_time = sign_in.amr, sign_in.acr, sign_in.auth_time
    _emit(session, person, "device_authorization.approved", found)
    return found


async def deny(session: AsyncSession, person: Principal, authorization_id: UUID) -> DeviceAuthorization:
    """``person`` refuses. Raises :class:`NotFound` for what no longer waits in the person's tenant."""
    found = await _waiting(session, person.tenant_id, authorization_id)
    found.status = DENIED
    _emit(session, person, "device_authorization.denied", found)
    return found


async def poll(session: AsyncSession, client: Client, device_code: str) -> Polled:
    """A device asks how things stand (RFC 8628 section 3.5). An approval is given out once. Commit in any case."""
    query = select(DeviceAuthorization).where(
        DeviceAuthorization.tenant_id == client.tenant_id,
        DeviceAuthorization.client_id == client.client_id,
        DeviceAuthorization.device_code_hash == digest(device_code),
    )
    found = await session.scalar(query.with_for_update())
    if found is None or found.status == REDEEMED:
        return Polled("invalid_grant")
    if found.expires_at <= now():
        return Polled("expired_token")
    early, found.polled_at = _is_early(found), now()
    if early:
        found.interval += INTERVAL_SECONDS
        return Polled("slow_down")
    return await _redeem(session, found)


async def delete_expired(session: AsyncSession) -> None:
    """Removes authorizations that are over, a while after their devices were told."""
    await session.execute(delete(DeviceAuthorization).where(DeviceAuthorization.expires_at <= now() - LIFETIME))
    await guesses.delete_expired(session)


def _is_early(found: DeviceAuthorization) -> bool:
    wait = timedelta(seconds=found.interval - _GRACE_SECONDS)
    return found.polled_at is not None and now() - found.polled_at < wait


async def _redeem(session: AsyncSession, found: DeviceAuthorization) -> Polled:
    if found.status == PENDING:
        return Polled("authorization_pending")
    if found.status == DENIED:
        return Polled("access_denied")
    assert found.user_id is not None
    found.status = REDEEMED
    if await _was_revoked(session, found):
        return Polled("invalid_grant")
    act = SignIn(new_id(), found.auth_time or 0, found.amr or [], found.acr or "")
    return Polled("approved", found.user_id, act, tuple(found.scope))


async def _was_revoked(session: AsyncSession, found: DeviceAuthorization) -> bool:
    """Whether everything that the person had signed in to has ended since they approved: what they approved ends too.

    The device's session would begin after that, so that no mark would cover it.
    """
    keys = (user_key(str(found.user_id)), tenant_key(found.tenant_id))
    return await covers(session, keys, (found.auth_time or 0) * 1000)


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
