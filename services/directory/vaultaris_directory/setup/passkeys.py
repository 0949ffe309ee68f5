"""The first administrator's passkey: auth makes the challenge and keeps the passkey, setup only passes them on."""

from typing import Any
from uuid import UUID

import msgspec

from vaultaris.auth.v1.auth_pb2 import BeginPasskeyRequest, CompletePasskeyRequest
from vaultaris.auth.v1.auth_pb2_grpc import AuthServiceStub
from vaultaris_directory.setup.schemas import ChallengeBody, PasskeyAnswer
from vaultaris_kit.ids import MASTER_TENANT_ID, new_id
from vaultaris_kit.rpc.client import Peers, call


async def begin_passkey(peers: Peers, body: ChallengeBody) -> dict[str, Any]:
    """``challenge_id`` and the creation options, for an administrator who does not exist yet. Raises Unavailable."""
    request = BeginPasskeyRequest(
        tenant_id=str(MASTER_TENANT_ID), user_id=str(new_id()),
        username=body.admin_username, display_name=body.admin_email,
    )  # fmt: skip
    begun = await call(AuthServiceStub(peers.channel("auth")).BeginPasskey, request)
    return {"challenge_id": begun.challenge_id, "options": msgspec.json.decode(begun.options)}


async def complete_passkey(peers: Peers, answer: PasskeyAnswer | None) -> UUID:
    """The id that the administrator gets: that of the challenge, so that their passkey finds them.

    Raises BadRequest for an answer that doesn't fit, Conflict, Unavailable. A passkey whose setup then fails belongs
    to nobody and opens nothing.
    """
    if answer is None:
        return new_id()
    request = CompletePasskeyRequest(
        tenant_id=str(MASTER_TENANT_ID), challenge_id=str(answer.challenge_id),
        credential=msgspec.json.encode(answer.credential()).decode(), device_name=answer.device_name or "",
    )  # fmt: skip
    return UUID((await call(AuthServiceStub(peers.channel("auth")).CompletePasskey, request)).user_id)
