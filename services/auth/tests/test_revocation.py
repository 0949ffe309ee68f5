"""Revocation: the endpoint, the gRPC API, the live set, events, and NATS going away."""

import asyncio
import time
from uuid import UUID

import grpc
import nats
import pytest
from grpc import aio
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.auth.tests.auth_browser import Browser, Pkce, redeem
from services.auth.tests.auth_fakes import FakeDirectory
from services.auth.tests.auth_harness import AuthProcess, MakeClient, TestClient, eventually, running
from services.auth.tests.auth_nats_relay import NatsRelay
from vaultaris.auth.v1.auth_pb2 import CheckRevocationRequest, CheckRevocationsRequest, Revocation, RevokeRequest
from vaultaris_auth.revocations import repository
from vaultaris_auth.revocations.marks import Mark, Subject
from vaultaris_auth.revocations.operations import revoke as revoke_marks
from vaultaris_auth.tokens.verified import claims_of
from vaultaris_kit.database import Database
from vaultaris_kit.events import Event, encode_event, new_event
from vaultaris_kit.ids import new_id, now
from vaultaris_kit.principal import SYSTEM
from vaultaris_kit.revocation import BUCKET, HEARTBEAT_KEY, token_key


async def revoke(auth: AuthProcess, tenant_id: UUID, subject: "Revocation.Subject.ValueType", subject_id: str) -> None:
    await auth.stub.Revoke(
        RevokeRequest(tenant_id=str(tenant_id), revocations=[Revocation(subject=subject, id=subject_id)], reason="test")
    )


class TestEndpoint:
    async def test_access_token(self, auth: AuthProcess, client: TestClient) -> None:
        one, other = await auth.own_token(client), await auth.own_token(client)
        answer = await auth.http.post("/oauth/revoke", data={**client.form, "token": one})
        assert (answer.status_code, answer.content) == (200, b"")
        assert not await auth.is_active(client, one)
        assert await auth.is_active(client, other)

    async def test_refresh_token_ends_its_family(self, auth: AuthProcess, client: TestClient) -> None:
        first = await auth.sign_in(client)
        second = (await auth.token(client, grant_type="refresh_token", refresh_token=first["refresh_token"])).json()
        await auth.http.post("/oauth/revoke", data={**client.form, "token": second["refresh_token"]})
        for token in (first["access_token"], second["access_token"], second["refresh_token"]):
            assert not await auth.is_active(client, token)
        again = await auth.token(client, grant_type="refresh_token", refresh_token=second["refresh_token"])
        assert again.json()["error"] == "invalid_grant"

    async def test_others_tokens_stay(self, auth: AuthProcess, client: TestClient, make_client: MakeClient) -> None:
        signed_in, stranger = await auth.sign_in(client), await make_client()
        for token in (signed_in["access_token"], signed_in["refresh_token"], "unknown"):
            answer = await auth.http.post("/oauth/revoke", data={**stranger.form, "token": token})
            assert answer.status_code == 200
        assert await auth.is_active(client, signed_in["access_token"])
        assert await auth.is_active(client, signed_in["refresh_token"])

    async def test_needs_a_client(self, auth: AuthProcess) -> None:
        answer = await auth.http.post("/oauth/revoke", data={"token": "x"})
        assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")


class TestByGrpc:
    @pytest.mark.parametrize("subject", ["session", "user", "client"])
    async def test_ends_tokens_and_families(
        self, auth: AuthProcess, make_client: MakeClient, directory: FakeDirectory, subject: str
    ) -> None:
        client, user = await make_client(), directory.add_user(f"user-{new_id()}")
        signed_in = await auth.sign_in(client, user.username)
        claims = claims_of(signed_in["access_token"])
        ids = {"session": claims["sid"], "user": claims["sub"], "client": client.client_id}
        await revoke(auth, directory.home, Revocation.Subject.Value(f"SUBJECT_{subject.upper()}"), ids[subject])
        assert not await auth.is_active(await make_client(), signed_in["access_token"])
        again = await auth.token(client, grant_type="refresh_token", refresh_token=signed_in["refresh_token"])
        assert again.json()["error"] == "invalid_grant"
        await asyncio.sleep(0.002)  # a mark covers the whole of its millisecond
        assert await auth.is_active(client, (await auth.sign_in(client, user.username))["access_token"])

    async def test_nothing_survives_that_was_given_while_the_end_was_being_stored(
        self, auth: AuthProcess, browser: Browser, database: Database, first_party: TestClient, directory: FakeDirectory
    ) -> None:
        user, pkce = directory.add_user(f"user-{new_id()}"), Pkce()
        await browser.sign_in(user)
        code = await browser.code(first_party, pkce)
        async with database.tenant(directory.home) as session:
            await session.execute(_HOLD, {"id": browser.session_id})
            ending = asyncio.create_task(revoke(auth, directory.home, Revocation.SUBJECT_USER, user.id))
            await eventually(lambda: _somebody_waits_for(session))
            given = (await redeem(auth, first_party, code, pkce)).json()
        await ending
        for token in (given["access_token"], given["refresh_token"]):
            assert not await auth.is_active(first_party, token)
        again = await auth.token(first_party, grant_type="refresh_token", refresh_token=given["refresh_token"])
        assert again.json()["error"] == "invalid_grant"

    @pytest.mark.parametrize(("subject", "for_good"), [("token", True), ("session", True), ("user", False)])
    async def test_what_never_comes_back_is_refused_whatever_its_date(
        self, auth: AuthProcess, directory: FakeDirectory, subject: str, for_good: bool
    ) -> None:
        """A token that another replica gives while the end of its session is being stored bears a later date."""
        subject_id = str(new_id())
        await revoke(auth, directory.home, Revocation.Subject.Value(f"SUBJECT_{subject.upper()}"), subject_id)
        request = CheckRevocationsRequest()
        request.questions.add(keys=[f"{subject}.{subject_id}"], issued_ms=int(time.time() * 1000) + 2000)
        assert list((await auth.stub.CheckRevocations(request)).revoked) == [for_good]

    @pytest.mark.parametrize("subject", ["user", "client", "tenant"])
    async def test_a_token_of_a_replica_whose_clock_is_ahead_ends_too(
        self, database: Database, directory: FakeDirectory, subject: Subject
    ) -> None:
        subject_id, present = str(new_id()), int(time.time() * 1000)
        async with database.tenant(directory.home) as session:
            await revoke_marks(session, directory.home, [Mark(subject, subject_id)], "test", ahead_ms=2000)
            key = Mark(subject, subject_id).key
            assert await repository.covers(session, [key], present + 2000)
            assert not await repository.covers(session, [key], int(time.time() * 1000) + 2001)

    async def test_tenant(self, auth: AuthProcess, make_client: MakeClient, directory: FakeDirectory) -> None:
        tenant_id = directory.add_tenant()
        client = await make_client(tenant_id)
        token = await auth.own_token(client)
        await revoke(auth, tenant_id, Revocation.SUBJECT_TENANT, str(tenant_id))
        assert not await auth.is_active(client, token)

    async def test_is_in_the_live_set_when_answered(
        self, auth: AuthProcess, directory: FakeDirectory, environ: dict[str, str]
    ) -> None:
        subject_id = new_id()
        await revoke(auth, directory.home, Revocation.SUBJECT_TOKEN, str(subject_id))
        connection = await nats.connect(environ["NATS_URL"])
        bucket = await connection.jetstream().key_value(BUCKET)
        entry = await bucket.get(token_key(subject_id))
        heartbeat = await bucket.get(HEARTBEAT_KEY)
        await connection.close()
        assert int(entry.value or b"0") > time.time() * 1000  # for good: whatever date the token bears
        assert abs(int(heartbeat.value or b"0") - time.time() * 1000) < 3000

    async def test_check(self, auth: AuthProcess, directory: FakeDirectory) -> None:
        user_id = str(new_id())
        before = int(time.time() * 1000)
        await revoke(auth, directory.home, Revocation.SUBJECT_USER, user_id)
        later = int(time.time() * 1000) + 1

        async def is_revoked(issued_ms: int, user_id: str = user_id) -> bool:
            request = CheckRevocationRequest(user_id=user_id, tenant_id=str(directory.home), issued_ms=issued_ms)
            return bool((await auth.stub.CheckRevocation(request)).revoked)

        assert await is_revoked(before)
        assert not await is_revoked(later)
        assert not await is_revoked(before, str(new_id()))

    @pytest.mark.parametrize("subject_id", ["", "x", "a b", "*", ">", "a..b"])
    async def test_bad_ids(self, auth: AuthProcess, directory: FakeDirectory, subject_id: str) -> None:
        for subject in (Revocation.SUBJECT_CLIENT, Revocation.SUBJECT_TOKEN, Revocation.SUBJECT_UNSPECIFIED):
            if (subject_id, subject) == ("x", Revocation.SUBJECT_CLIENT):
                continue
            with pytest.raises(aio.AioRpcError) as refusal:
                await revoke(auth, directory.home, subject, subject_id)
            assert refusal.value.code() == grpc.StatusCode.INVALID_ARGUMENT

    async def test_marks_never_move_back(self, database: Database, directory: FakeDirectory) -> None:
        key, tenant_id = token_key(new_id()), directory.home
        for at_ms in (200, 100, 150):
            async with database.tenant(tenant_id) as session:
                marks = [repository.Stored(key, at_ms)]
                await repository.raise_marks(session, tenant_id, marks, reason="test", expires_at=now())
        async with database.tenant(tenant_id) as session:
            assert await repository.covers(session, [key], 200)
            await repository.delete_expired(session)


_HOLD = text("SELECT 1 FROM auth.browser_sessions WHERE id = :id FOR UPDATE")
_WAITING = text("SELECT count(*) FROM pg_stat_activity WHERE pg_backend_pid() = ANY(pg_blocking_pids(pid))")


async def _somebody_waits_for(session: AsyncSession) -> bool:
    return bool(await session.scalar(_WAITING))


class TestEvents:
    @pytest.mark.parametrize(
        ("service", "event_type", "new_value"),
        [
            ("directory", "user.deleted", None),
            ("directory", "user.password_changed", None),
            ("directory", "user.updated", {"status": "inactive"}),
            ("sessions", "session.revoked", None),
            ("sessions", "session.expired", None),
        ],
    )
    async def test_revoke(
        self, auth: AuthProcess, client: TestClient, directory: FakeDirectory, environ: dict[str, str],
        service: str, event_type: str, new_value: dict[str, str] | None,
    ) -> None:  # fmt: skip
        user = directory.add_user(f"user-{new_id()}")
        signed_in = await auth.sign_in(client, user.username)
        claims = claims_of(signed_in["access_token"])
        noun = event_type.partition(".")[0]
        resource_id = UUID(claims["sid"] if noun == "session" else claims["sub"])
        event = new_event(
            SYSTEM, event_type, directory.home, resource_type=noun, resource_id=resource_id, new=new_value
        )
        connection = await nats.connect(environ["NATS_URL"])
        await connection.jetstream().publish(event.subject(service), encode_event(event))
        await connection.close()

        async def refused() -> bool:
            return not await auth.is_active(client, signed_in["refresh_token"])

        await eventually(refused)
        assert not await auth.is_active(client, signed_in["access_token"])

    async def test_many_sessions_of_several_tenants_at_once(
        self, auth: AuthProcess, make_client: MakeClient, directory: FakeDirectory, environ: dict[str, str]
    ) -> None:
        """Each is ended once, whatever stands beside it: one that nobody knows, and the same one again."""
        held: list[tuple[TestClient, str]] = []
        events = []
        for tenant_id in (directory.home, directory.other):
            client, user = await make_client(tenant_id), directory.add_user(f"user-{new_id()}", tenant_id=tenant_id)
            sids = [new_id()]
            for _ in range(3):
                signed_in = await auth.sign_in(client, user.username)
                held += [(client, signed_in["access_token"]), (client, signed_in["refresh_token"])]
                sids.append(UUID(claims_of(signed_in["access_token"])["sid"]))
            events += [_session_revoked(tenant_id, sid) for sid in [*sids, sids[-1]]]
        connection = await nats.connect(environ["NATS_URL"])
        for event in events:
            await connection.jetstream().publish(event.subject("sessions"), encode_event(event))
        await connection.close()

        async def all_refused() -> bool:
            return not any([await auth.is_active(client, token) for client, token in held])

        await eventually(all_refused)


def _session_revoked(tenant_id: UUID, session_id: UUID) -> Event:
    return new_event(SYSTEM, "session.revoked", tenant_id, resource_type="session", resource_id=session_id)


class TestWithoutNats:
    async def test_nobody_is_told_that_it_is_done_before_others_know(
        self, environ: dict[str, str], directory: FakeDirectory
    ) -> None:
        """A replica that alone has lost NATS waits for another one, whose heartbeats vouch for the live set."""
        async with NatsRelay(environ["NATS_URL"]) as relay, running({**environ, "NATS_URL": relay.url}) as lonely:
            await relay.cut()
            connection = await nats.connect(environ["NATS_URL"])
            bucket = await connection.jetstream().key_value(BUCKET)
            for _round in range(3):
                subject_id = new_id()
                await revoke(lonely, directory.home, Revocation.SUBJECT_TOKEN, str(subject_id))
                assert (await bucket.get(token_key(subject_id))).value
            await connection.close()

    async def test_table_suffices_and_the_set_catches_up(
        self, environ: dict[str, str], make_client: MakeClient, directory: FakeDirectory
    ) -> None:
        client = await make_client()
        async with NatsRelay(environ["NATS_URL"]) as relay, running({**environ, "NATS_URL": relay.url}) as lonely:
            await relay.cut()
            token = await lonely.own_token(client)
            jti = claims_of(token)["jti"]
            await revoke(lonely, directory.home, Revocation.SUBJECT_TOKEN, jti)
            assert not await lonely.is_active(client, token)
            await relay.mend()
            connection = await nats.connect(environ["NATS_URL"])
            bucket = await connection.jetstream().key_value(BUCKET)

            async def announced() -> bool:
                try:
                    return bool((await bucket.get(token_key(jti))).value)
                except nats.js.errors.KeyNotFoundError:
                    return False

            await eventually(announced)
            await connection.close()
