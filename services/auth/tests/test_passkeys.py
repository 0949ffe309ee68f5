"""Enrolling a passkey: verified against its challenge, address and key; once, and in time."""

import asyncio
from typing import Any
from uuid import UUID, uuid4

import grpc
import msgspec
import pytest
from grpc import aio
from sqlalchemy import select, text

from services.auth.tests.auth_fakes import FakeDirectory
from services.auth.tests.auth_harness import ISSUER, AuthProcess
from services.auth.tests.authenticator import Authenticator
from vaultaris.auth.v1.auth_pb2 import BeginPasskeyRequest, CompletePasskeyRequest, CompletePasskeyResponse
from vaultaris_auth.passkeys.models import Passkey, WebauthnChallenge
from vaultaris_kit.database import Database


class Enrolment:
    """A challenge of a user, and ways to answer it."""

    def __init__(self, auth: AuthProcess, tenant_id: UUID) -> None:
        self._auth, self._tenant_id, self.user_id = auth, tenant_id, uuid4()
        self.challenge_id, self.options = "", dict[str, Any]()

    async def begin(self) -> "Enrolment":
        request = BeginPasskeyRequest(
            tenant_id=str(self._tenant_id), user_id=str(self.user_id), username="ada", display_name="Ada"
        )
        begun = await self._auth.stub.BeginPasskey(request)
        self.challenge_id, self.options = begun.challenge_id, msgspec.json.decode(begun.options)
        return self

    async def complete(self, credential: Any, *, tenant_id: UUID | None = None) -> CompletePasskeyResponse:
        text = credential if isinstance(credential, str) else msgspec.json.encode(credential).decode()
        return await self._auth.stub.CompletePasskey(
            CompletePasskeyRequest(
                tenant_id=str(tenant_id or self._tenant_id), challenge_id=self.challenge_id, credential=text,
                device_name="Laptop",
            )
        )  # fmt: skip


@pytest.fixture
async def enrolment(auth: AuthProcess, directory: FakeDirectory) -> Enrolment:
    return await Enrolment(auth, directory.home).begin()


async def _refused(answer: Any) -> grpc.StatusCode:
    with pytest.raises(aio.AioRpcError) as failure:
        await answer
    return failure.value.code()


class TestEnrolling:
    async def test_options_in_both_spellings(self, enrolment: Enrolment) -> None:
        options = enrolment.options
        assert options["rp"]["id"] == "id.example.com"
        assert options["pubKeyCredParams"] == options["pubkey_cred_params"]
        assert [each["alg"] for each in options["pubKeyCredParams"]] == [-7, -257]
        assert (options["user"]["displayName"], options["user"]["display_name"]) == ("Ada", "Ada")
        assert options["authenticatorSelection"]["residentKey"] == "preferred"

    async def test_kept_as_it_was_made(
        self, enrolment: Enrolment, database: Database, directory: FakeDirectory
    ) -> None:
        device = Authenticator()
        made = await enrolment.complete(device.create(enrolment.options, ISSUER))
        assert made.user_id == str(enrolment.user_id)
        async with database.tenant(directory.home) as session:
            row = await session.get_one(Passkey, UUID(made.id))
        assert (row.user_id, row.credential_id) == (enrolment.user_id, device.credential_id)
        assert (row.public_key, row.public_key_algorithm, row.counter) == (device.public_key, -7, 0)
        assert (row.device_name, row.device_type, row.transports) == ("Laptop", "platform", ["internal"])
        assert (row.attestation_format, row.is_active) == ("none", True)

    async def test_of_ten_answers_at_once_one_counts(self, enrolment: Enrolment) -> None:
        answers = [enrolment.complete(Authenticator().create(enrolment.options, ISSUER)) for _ in range(10)]
        outcomes = await asyncio.gather(*answers, return_exceptions=True)
        assert sum(isinstance(each, CompletePasskeyResponse) for each in outcomes) == 1

    @pytest.mark.parametrize(
        "lie",
        [
            {"challenge": "AAAA"}, {"type": "webauthn.get"}, {"origin": "https://evil.example"},
            {"origin": "http://id.example.com"}, {"origin": "https://id.example.com:8443"},
        ],
        ids=str,
    )  # fmt: skip
    async def test_an_answer_to_something_else(self, enrolment: Enrolment, lie: dict[str, str]) -> None:
        device = Authenticator()
        status = await _refused(enrolment.complete(device.create(enrolment.options, ISSUER, **lie)))
        assert status is grpc.StatusCode.INVALID_ARGUMENT
        again = await _refused(enrolment.complete(device.create(enrolment.options, ISSUER)))
        assert again is grpc.StatusCode.INVALID_ARGUMENT, "a wrong answer spends the challenge too"

    @pytest.mark.parametrize("nonsense", ["", "[]", "{", '{"id": 7}', '{"id": "x", "response": []}', "null"])
    async def test_nonsense(self, enrolment: Enrolment, nonsense: str) -> None:
        assert await _refused(enrolment.complete(nonsense)) is grpc.StatusCode.INVALID_ARGUMENT

    async def test_another_party(self, enrolment: Enrolment) -> None:
        options = {**enrolment.options, "rp": {"id": "example.com"}}
        status = await _refused(enrolment.complete(Authenticator().create(options, ISSUER)))
        assert status is grpc.StatusCode.INVALID_ARGUMENT

    async def test_too_late_or_in_another_tenant(
        self, enrolment: Enrolment, database: Database, directory: FakeDirectory
    ) -> None:
        answer = Authenticator().create(enrolment.options, ISSUER)
        elsewhere = enrolment.complete(answer, tenant_id=directory.other)
        assert await _refused(elsewhere) is grpc.StatusCode.INVALID_ARGUMENT
        async with database.tenant(directory.home) as session:
            await session.execute(
                text("UPDATE auth.webauthn_challenges SET expires_at = now() WHERE id = :id"),
                {"id": UUID(enrolment.challenge_id)},
            )
        assert await _refused(enrolment.complete(answer)) is grpc.StatusCode.INVALID_ARGUMENT

    async def test_one_device_is_enrolled_once(self, auth: AuthProcess, directory: FakeDirectory) -> None:
        device = Authenticator()
        first, second = [await Enrolment(auth, directory.home).begin() for _ in range(2)]
        await first.complete(device.create(first.options, ISSUER))
        status = await _refused(second.complete(device.create(second.options, ISSUER)))
        assert status is grpc.StatusCode.ALREADY_EXISTS

    async def test_rows_are_the_tenants_own(
        self, enrolment: Enrolment, database: Database, directory: FakeDirectory
    ) -> None:
        await enrolment.complete(Authenticator().create(enrolment.options, ISSUER))
        async with database.tenant(directory.other) as session:
            assert (await session.execute(select(Passkey))).first() is None
            assert (await session.execute(select(WebauthnChallenge))).first() is None
