"""Verifying passwords: who gets in, who is locked out, and that nothing is counted twice or lost."""

import asyncio
from typing import Any

import grpc
import pytest
from argon2 import PasswordHasher
from grpc import aio

from services.directory.tests.directory_harness import PASSWORD, Directory, Tenant
from tests.eventually import eventually
from vaultaris.directory.v1.directory_pb2 import VerifyPasswordRequest, VerifyPasswordResponse
from vaultaris_directory.passwords.hashing import Passwords
from vaultaris_kit.errors import Unavailable

VERIFIED = VerifyPasswordResponse.OUTCOME_VERIFIED
REFUSED = VerifyPasswordResponse.OUTCOME_REFUSED
EXPIRED = VerifyPasswordResponse.OUTCOME_PASSWORD_EXPIRED


async def _try(directory: Directory, tenant: Tenant, login: str, password: str = PASSWORD) -> VerifyPasswordResponse:
    request = VerifyPasswordRequest(tenant_id=str(tenant.id), login=login, password=password, client_id="app")
    return await directory.stub.VerifyPassword(request)


async def _look(tenant: Tenant, user: dict[str, Any]) -> dict[str, Any]:
    seen: dict[str, Any] = (await tenant.admin.get(f"{tenant.path}/users/{user['id']}"))["data"]
    return seen


class TestWhoGetsIn:
    async def test_by_user_name_and_by_address_in_any_case(self, directory: Directory, tenant: Tenant) -> None:
        user = await tenant.user(password=PASSWORD)
        for login in (user["username"].upper(), user["email"].title(), f" {user['username']} "):
            answer = await _try(directory, tenant, login)
            assert (answer.outcome, answer.user.id) == (VERIFIED, user["id"])
        seen = await eventually(lambda: _look(tenant, user), lambda seen: seen["last_login_at"] is not None)
        assert seen["failed_login_attempts"] == 0

    async def test_signing_in_is_no_new_version_of_the_user(self, directory: Directory, tenant: Tenant) -> None:
        user = await tenant.user(password=PASSWORD)
        await _try(directory, tenant, user["username"])
        await _try(directory, tenant, user["username"], "wrong")
        answer = await tenant.admin.call("GET", f"{tenant.path}/users/{user['id']}")
        assert answer.headers["etag"] == '"1"'
        assert answer.json()["data"]["updated_at"] == user["updated_at"]

    @pytest.mark.parametrize("status", ["inactive", "pending", "suspended"])
    async def test_only_active_users(self, directory: Directory, tenant: Tenant, status: str) -> None:
        user = await tenant.user(password=PASSWORD, status=status)
        assert (await _try(directory, tenant, user["username"])).outcome == REFUSED

    async def test_nobody_of_a_suspended_tenant(self, directory: Directory, tenant: Tenant) -> None:
        user = await tenant.user(password=PASSWORD)
        await tenant.admin.update(tenant.path, {"status": "suspended"})
        assert (await _try(directory, tenant, user["username"])).outcome == REFUSED
        await tenant.admin.update(tenant.path, {"status": "active"})
        assert (await _try(directory, tenant, user["username"])).outcome == VERIFIED

    async def test_not_the_unknown_the_deleted_or_those_without_password(
        self, directory: Directory, tenant: Tenant
    ) -> None:
        without, deleted = await tenant.user(), await tenant.user(password=PASSWORD)
        await tenant.admin.expect(204, "DELETE", f"{tenant.path}/users/{deleted['id']}")
        for login in ("nobody", without["username"], deleted["username"]):
            assert await _try(directory, tenant, login) == VerifyPasswordResponse(outcome=REFUSED)
        reasons = [event.metadata["reason"] for event in await directory.events(tenant.id, "auth.login.failed")]
        assert reasons == ["unknown_user", "no_password", "unknown_user"]

    async def test_the_same_characters_however_they_were_composed(self, directory: Directory, tenant: Tenant) -> None:
        user = await tenant.user(password="Cre\u0300me bru\u0302le\u0301e please")
        assert (
            await _try(directory, tenant, user["username"], "Cr\u00e8me br\u00fbl\u00e9e please")
        ).outcome == VERIFIED

    async def test_a_password_that_is_too_old(self, directory: Directory) -> None:
        tenant = await directory.tenant(password_policy={"max_age_days": 30})
        user = await tenant.user(password=PASSWORD)
        assert (await _try(directory, tenant, user["username"])).outcome == VERIFIED
        await directory.as_owner("UPDATE directory.users SET password_changed_at = now() - interval '31 days'")
        assert (await _try(directory, tenant, user["username"])).outcome == EXPIRED
        assert (await _try(directory, tenant, user["username"], "wrong")).outcome == REFUSED


class TestLockout:
    async def test_parallel_guesses_are_counted_exactly(self, directory: Directory) -> None:
        tenant = await directory.tenant(password_policy={"max_failed_attempts": 50})
        user = await tenant.user(password=PASSWORD)
        answers = await asyncio.gather(*(_try(directory, tenant, user["username"], "wrong") for _ in range(20)))
        assert {answer.outcome for answer in answers} == {REFUSED}
        assert (await _look(tenant, user))["failed_login_attempts"] == 20

    async def test_parallel_guesses_lock_once_and_never_let_in_after(
        self, directory: Directory, tenant: Tenant
    ) -> None:
        user = await tenant.user(password=PASSWORD)
        guesses = ["wrong"] * 20
        await asyncio.gather(*(_try(directory, tenant, user["username"], guess) for guess in guesses))
        assert (await _try(directory, tenant, user["username"])).outcome == REFUSED
        seen = await _look(tenant, user)
        assert (seen["failed_login_attempts"], seen["locked_until"] is not None) == (5, True)
        assert len(await directory.events(tenant.id, "user.locked")) == 1
        assert len(await directory.events(tenant.id, "auth.login.failed")) == 21

    async def test_success_forgets_the_failures(self, directory: Directory, tenant: Tenant) -> None:
        user = await tenant.user(password=PASSWORD)
        for _ in range(4):
            await _try(directory, tenant, user["email"], "wrong")
        assert (await _try(directory, tenant, user["username"])).outcome == VERIFIED
        assert (await _look(tenant, user))["failed_login_attempts"] == 0

    async def test_a_lock_that_is_over_lets_in_and_shows_as_none(self, directory: Directory, tenant: Tenant) -> None:
        user = await tenant.user(password=PASSWORD)
        for _ in range(5):
            await _try(directory, tenant, user["username"], "wrong")
        await directory.as_owner("UPDATE directory.users SET locked_until = now() - interval '1 second'")
        seen = await _look(tenant, user)
        assert (seen["failed_login_attempts"], seen["locked_until"]) == (0, None)
        assert (await _try(directory, tenant, user["username"])).outcome == VERIFIED

    async def test_another_password_ends_the_lock(self, directory: Directory, tenant: Tenant) -> None:
        user = await tenant.user(password=PASSWORD)
        for _ in range(5):
            await _try(directory, tenant, user["username"], "wrong")
        await tenant.admin.update(f"{tenant.path}/users/{user['id']}", {"password": "another fine pass phrase"})
        assert (await _try(directory, tenant, user["username"], "another fine pass phrase")).outcome == VERIFIED


class TestHashes:
    async def test_an_outdated_hash_is_renewed_at_sign_in(self, directory: Directory, tenant: Tenant) -> None:
        user = await tenant.user(password=PASSWORD)
        old = PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1).hash(PASSWORD)
        query = "UPDATE directory.users SET password_hash = $1 WHERE username = $2"
        await directory.as_owner(query, old, user["username"])
        assert (await _try(directory, tenant, user["username"])).outcome == VERIFIED
        found = "SELECT password_hash FROM directory.users WHERE username = $1"
        (row,) = await directory.as_owner(found, user["username"])
        assert row["password_hash"].startswith("$argon2id$v=19$m=19456,t=2,p=1$")
        assert (await _try(directory, tenant, user["username"])).outcome == VERIFIED

    async def test_stronger_parameters_renew_what_is_stored(self) -> None:
        weaker = Passwords(workers=1, queue=1, common=())
        stronger = Passwords(workers=1, queue=1, common=(), memory_kib=32_768, passes=3)
        stored, fresh = await weaker.hash(PASSWORD), await stronger.hash(PASSWORD)
        assert fresh.startswith("$argon2id$v=19$m=32768,t=3,p=1$")
        assert await stronger.verify(stored, PASSWORD)
        assert (stronger.outdated(stored), stronger.outdated(fresh)) == (True, False)
        weaker.close()
        stronger.close()

    async def test_without_a_hash_the_work_is_done_and_the_answer_is_no(self) -> None:
        passwords = Passwords(workers=1, queue=1, common=())
        assert not await passwords.verify(None, "no account has this password")
        passwords.close()

    async def test_over_the_queue_it_is_refused_at_once(self) -> None:
        passwords = Passwords(workers=1, queue=2, common=())
        outcomes = await asyncio.gather(*(passwords.hash("x") for _ in range(10)), return_exceptions=True)
        refused = [each for each in outcomes if isinstance(each, Unavailable)]
        assert len(refused) == 7
        assert refused[0].headers["Retry-After"] == "1"
        passwords.close()


class TestRequests:
    async def test_what_is_no_id_names_nothing(self, directory: Directory) -> None:
        with pytest.raises(aio.AioRpcError) as refused:
            await directory.stub.VerifyPassword(VerifyPasswordRequest(tenant_id="x", login="y", password="z"))
        assert refused.value.code() == grpc.StatusCode.NOT_FOUND
