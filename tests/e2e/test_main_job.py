"""The main job: somebody signs in, an application asks whether they may, the answer is right and on record."""

from tests.e2e.world import CONSOLE, PASSWORD, Company, World, unique
from tests.eventually import eventually


class TestSignInAndAsk:
    async def test_permission_follows_the_role(self, company: Company) -> None:
        user = await company.add_user()
        role = await company.add_role("orders:read", "orders:approve")
        application = await company.machine("integration:check", "integration:validate")
        assert not await company.may(application, user, "orders", "approve")

        await company.give(user, role)
        assert await company.may(application, user, "orders", "approve")
        assert not await company.may(application, user, "orders", "delete")

        await company.admin.delete(f"{company.path}/users/{user['id']}/roles/{role['id']}")
        assert not await company.may(application, user, "orders", "approve")

    async def test_batch_answers_in_order(self, company: Company) -> None:
        user = await company.add_user()
        await company.give(user, await company.add_role("orders:read", "invoices:*"))
        application = await company.machine("integration:check")
        checks = [
            {"resource": "orders", "action": "read"},
            {"resource": "orders", "action": "approve"},
            {"resource": "invoices", "action": "anything"},
        ]
        body = {"user_id": user["id"], "checks": checks}
        answer = await application.act(f"{company.path}/integration/batch-check-permissions", body)
        assert [{key: each[key] for key in ("resource", "action", "allowed")} for each in answer["results"]] == [
            {**check, "allowed": allowed} for check, allowed in zip(checks, (True, False, True), strict=True)
        ]

    async def test_validate_tells_who_and_what(self, company: Company) -> None:
        user = await company.add_user()
        role = await company.add_role("orders:read")
        await company.give(user, role)
        tokens = await company.sign_in(user["username"], scope="openid profile")
        application = await company.machine("integration:validate")
        answer = await application.act("/api/v1/integration/token/validate", {"token": tokens["access_token"]})
        assert answer["valid"] is True
        assert (answer["user_id"], answer["tenant_id"]) == (user["id"], company.id)
        assert role["name"] in answer["roles"]
        assert answer["permissions"] == ["orders:read"]
        assert set(answer["scopes"]) == {"openid", "profile"}

    async def test_unknown_user_is_not_found(self, company: Company) -> None:
        application = await company.machine("integration:check")
        body = {"user_id": company.id, "resource": "orders", "action": "read"}
        await application.expect(404, "POST", f"{company.path}/integration/check-permission", json=body)


class TestSessions:
    async def test_sign_in_makes_a_session_that_is_listed_and_revoked(self, company: Company) -> None:
        user = await company.add_user()
        tokens = await company.sign_in(user["username"])
        caller = company.admin.with_token(tokens["access_token"])
        await caller.get(f"{company.path}/users/{user['id']}/sessions")

        sessions = (await company.admin.get(f"{company.path}/users/{user['id']}/sessions"))["data"]
        assert [session["is_active"] for session in sessions] == [True]
        assert sessions[0]["user_id"] == user["id"]

        await company.admin.delete(f"{company.path}/sessions/{sessions[0]['id']}")
        await caller.expect(401, "GET", f"{company.path}/users/{user['id']}/sessions")
        refused = await caller.token_request(
            grant_type="refresh_token", refresh_token=tokens["refresh_token"], client_id=company.client_id
        )
        assert (refused.status_code, refused.json()["error"]) == (400, "invalid_grant")

    async def test_ending_all_sessions_spares_the_next_sign_in(self, company: Company) -> None:
        user = await company.add_user()
        old = [await company.signed_in(user) for _ in range(3)]
        await company.admin.delete(f"{company.path}/users/{user['id']}/sessions")
        for each in old:
            await each.expect(401, "GET", f"{company.path}/users/{user['id']}/sessions")
        fresh = await company.signed_in(user)
        await fresh.get(f"{company.path}/users/{user['id']}/sessions")


class TestLockout:
    async def test_five_failures_lock_even_the_right_password_out(self, company: Company) -> None:
        user = await company.add_user()
        wrong = {"grant_type": "password", "client_id": company.client_id, "username": user["username"]}
        answers = [await company.admin.token_request(**wrong, password="wrong") for _ in range(5)]
        answers.append(await company.admin.token_request(**wrong, password=PASSWORD))
        answers.append(await company.admin.token_request(**{**wrong, "username": unique("nobody")}, password="wrong"))
        assert {(answer.status_code, answer.text) for answer in answers} == {(400, answers[0].text)}
        seen = (await company.admin.get(f"{company.path}/users/{user['id']}"))["data"]
        assert seen["failed_login_attempts"] >= 5
        assert seen["locked_until"] is not None


class TestAudit:
    async def test_everything_is_on_record_with_its_actor(self, company: Company) -> None:
        user = await company.add_user()
        role = await company.add_role("orders:read")
        await company.give(user, role)
        await company.sign_in(user["username"])

        async def actions() -> dict[str, dict[str, object]]:
            page = await company.admin.get(f"{company.path}/audit", per_page=100)
            concerned = (user["id"], role["id"], None)
            return {e["action"]: e for e in page["data"] if {e["resource_id"], e["actor_id"]} & set(concerned)}

        wanted = {"user.created", "role.created", "user.role_assigned", "auth.login.succeeded", "session.started"}
        entries = await eventually(actions, lambda found: wanted <= found.keys())
        created = entries["user.role_assigned"]
        assert created["actor_id"] == company.admin_user["id"]
        assert created["resource_id"] == user["id"]
        assert created["tenant_id"] == company.id
        written = str(entries["user.created"])
        assert PASSWORD not in written
        assert "argon2" not in written

    async def test_the_chain_verifies(self, company: Company) -> None:
        await company.add_user()
        answer = (await company.admin.get(f"{company.path}/audit/verify"))["data"]
        assert answer["valid"] is True

    async def test_both_paths_answer_alike(self, company: Company) -> None:
        page = await company.admin.get(f"{company.path}/audit", per_page=1, order="asc")
        alias = await company.admin.get(f"{company.path}/audit-logs", per_page=1, order="asc")
        assert page["data"] == alias["data"]
        entry = page["data"][0]
        assert (await company.admin.get(f"{company.path}/audit-logs/{entry['id']}"))["data"] == entry


class TestSetup:
    async def test_second_setup_is_refused(self, world: World) -> None:
        body = {"admin_username": "x", "admin_email": "x@y.test", "admin_password": "something long enough"}
        refused = await world.public.expect(409, "POST", "/setup", json=body)
        assert refused["error"] == "already_configured"

    async def test_check_says_done(self, world: World) -> None:
        state = (await world.public.get("/setup/check"))["data"]
        assert state == {"is_configured": True, "requires_setup": False, "admin_exists": True}

    async def test_the_console_client_signs_in(self, world: World) -> None:
        refused = await world.public.token_request(
            grant_type="password", client_id=CONSOLE, username="root", password="wrong"
        )
        assert refused.json()["error"] == "invalid_grant"
