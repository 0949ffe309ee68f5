"""Enrolling a passkey."""

import secrets
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

import msgspec
from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession
from webauthn import verify_registration_response
from webauthn.helpers.cose import COSEAlgorithmIdentifier
from webauthn.helpers.decode_credential_public_key import decode_credential_public_key
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import AttestationFormat
from webauthn.registration.verify_registration_response import VerifiedRegistration

from vaultaris_auth.base import OUTBOX
from vaultaris_auth.passkeys.models import Passkey, WebauthnChallenge, describe
from vaultaris_auth.passkeys.options import ALGORITHMS
from vaultaris_auth.passkeys.relying_party import RelyingParty
from vaultaris_kit.clashes import flush_or_clash
from vaultaris_kit.errors import BadRequest
from vaultaris_kit.ids import new_id, now
from vaultaris_kit.principal import SYSTEM

CHALLENGE_SECONDS: Final = 300
REGISTRATION: Final = "registration"
_CHALLENGE_BYTES: Final = 32
_TRANSPORTS: Final = frozenset({"usb", "nfc", "ble", "smart-card", "hybrid", "internal"})
_CLASHES = {"uq_passkeys_credential_id": "This passkey is enrolled already."}


async def begin_passkey(session: AsyncSession, *, tenant_id: UUID, user_id: UUID) -> WebauthnChallenge:
    """A fresh challenge, good for five minutes and for one answer."""
    challenge = WebauthnChallenge(
        id=new_id(), tenant_id=tenant_id, user_id=user_id, purpose=REGISTRATION,
        challenge=secrets.token_bytes(_CHALLENGE_BYTES), expires_at=now() + timedelta(seconds=CHALLENGE_SECONDS),
    )  # fmt: skip
    session.add(challenge)
    await session.flush()
    return challenge


async def spend_challenge(session: AsyncSession, *, tenant_id: UUID, challenge_id: UUID) -> tuple[UUID, bytes]:
    """Whom the challenge was for, and its bytes; it is gone then, whatever the answer was worth.

    For a transaction of its own. Raises :class:`BadRequest` for an unknown, spent or expired one.
    """
    spent = await session.execute(
        delete(WebauthnChallenge)
        .where(
            WebauthnChallenge.id == challenge_id,
            WebauthnChallenge.tenant_id == tenant_id,
            WebauthnChallenge.purpose == REGISTRATION,
            WebauthnChallenge.expires_at > now(),
        )
        .returning(WebauthnChallenge.user_id, WebauthnChallenge.challenge)
    )
    row = spent.first()
    if row is None or row.user_id is None:
        raise BadRequest("The challenge is unknown, spent or older than five minutes.", code="challenge_expired")
    return row.user_id, row.challenge


def verify(party: RelyingParty, challenge: bytes, credential: dict[str, Any]) -> VerifiedRegistration:
    """What the authenticator attests (WebAuthn section 7.1). Raises :class:`BadRequest`."""
    try:
        return verify_registration_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=party.id,
            expected_origin=party.origin,
            supported_pub_key_algs=[COSEAlgorithmIdentifier(each) for each in ALGORITHMS],
        )
    except (WebAuthnException, ValueError, KeyError, TypeError) as fault:
        raise BadRequest("The passkey's answer does not fit the challenge.", code="invalid_passkey") from fault


async def keep_passkey(
    session: AsyncSession,
    *,
    tenant_id: UUID,
    user_id: UUID,
    verified: VerifiedRegistration,
    credential: dict[str, Any],
    device_name: str | None,
) -> Passkey:
    """Stores a verified passkey. Raises :class:`Conflict` for one that the tenant has already."""
    passkey = Passkey(
        id=new_id(), tenant_id=tenant_id, user_id=user_id, credential_id=verified.credential_id,
        public_key=verified.credential_public_key,
        public_key_algorithm=int(decode_credential_public_key(verified.credential_public_key).alg),
        counter=verified.sign_count, device_name=device_name, device_type=_device_type(credential),
        attestation_format=AttestationFormat(verified.fmt).value, transports=_transports(credential), is_active=True,
    )  # fmt: skip
    session.add(passkey)
    await flush_or_clash(session, _CLASHES)
    OUTBOX.emit(
        session, SYSTEM, "passkey.enrolled", tenant_id, resource_type="passkey", resource_id=passkey.id,
        new=describe(passkey),
    )  # fmt: skip
    return passkey


async def delete_expired(session: AsyncSession) -> None:
    """Forgets challenges that nobody answered."""
    await session.execute(delete(WebauthnChallenge).where(WebauthnChallenge.expires_at <= now()))


async def delete_of_user(session: AsyncSession, tenant_id: UUID, user_id: UUID) -> None:
    """Removes the passkeys of a user who was purged."""
    await session.execute(delete(Passkey).where(Passkey.tenant_id == tenant_id, Passkey.user_id == user_id))


def read_credential(text: str) -> dict[str, Any]:
    """The credential as JSON. Raises :class:`BadRequest`."""
    try:
        return msgspec.json.decode(text, type=dict[str, Any])
    except msgspec.DecodeError as fault:
        raise BadRequest("The credential is not JSON.") from fault


def _transports(credential: dict[str, Any]) -> list[str] | None:
    response = credential.get("response")
    told = response.get("transports") if isinstance(response, dict) else None
    return sorted({each for each in told if each in _TRANSPORTS}) if isinstance(told, list) else None


def _device_type(credential: dict[str, Any]) -> str | None:
    told = credential.get("authenticatorAttachment")
    return told if told in ("platform", "cross-platform") else None
