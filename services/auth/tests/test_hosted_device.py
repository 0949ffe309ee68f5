"""The pages where somebody connects a device (RFC 8628 section 3.3)."""

import re
from typing import Any

import pytest

from services.auth.tests.auth_fakes import PASSWORD, FakeDirectory
from services.auth.tests.auth_harness import ISSUER, AuthProcess, MakeClient, TestClient
from services.auth.tests.hosted_visitor import PageForm, Visitor
from services.auth.tests.test_hosted_sign_in import FORM_COOKIE

GRANT = "urn:ietf:params:oauth:grant-type:device_code"


@pytest.fixture(scope="module")
async def tv(make_client: MakeClient) -> TestClient:
    return await make_client(
        name="Living room TV", is_public=True, allowed_grant_types=[GRANT, "refresh_token"],
        allowed_scopes=["openid", "profile"],
    )  # fmt: skip


@pytest.fixture
async def device(auth: AuthProcess, tv: TestClient) -> dict[str, Any]:
    """What the device was told."""
    answer = await auth.http.post("/oauth/device_authorization", data={**tv.form, "scope": "openid profile"})
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


@pytest.fixture
def visitor(auth: AuthProcess) -> Visitor:
    return Visitor(auth)


async def signed_in(visitor: Visitor, address: str, login: str = "bob") -> str:
    """Opens the address, signs in, and returns where that led."""
    answer = await visitor.get(address)
    assert answer.headers["location"].partition("?")[0].endswith("/device/sign-in")
    after = await visitor.fill(answer.headers["location"], login=login, password=PASSWORD)
    assert after.status_code == 303, after.text
    return str(after.headers["location"])


async def poll(auth: AuthProcess, tv: TestClient, device: dict[str, Any]) -> dict[str, Any]:
    return dict((await auth.token(tv, grant_type=GRANT, device_code=device["device_code"])).json())


class TestDevice:
    @pytest.mark.parametrize(
        ("language", "told"),
        [("en", ("Requested from", "1 second ago|seconds ago")), ("de", ("Angefragt von", "vor [0-9]+ Sekunden?"))],
    )
    async def test_it_tells_where_the_request_came_from_and_when(
        self, visitor: Visitor, tv: TestClient, language: str, told: tuple[str, str]
    ) -> None:
        """By which somebody can tell a request of their own from one that they were sent (RFC 8628 section 5.4)."""
        far = {"X-Envoy-External-Address": "203.0.113.77"}
        form = {**tv.form, "scope": "openid profile"}
        device = (await visitor.auth.http.post("/oauth/device_authorization", data=form, headers=far)).json()
        path = await signed_in(visitor, device["verification_uri_complete"])
        confirm = (await visitor.fill(path)).headers["location"]
        page = (await visitor.get(f"{confirm}&ui_locales={language}")).text
        label, when = told
        assert re.search(rf"{label}</dt><dd>203\.0\.113\.77</dd>", page)
        assert re.search(rf'<time datetime="20[^"]+">[^<]*({when})</time>', page)

    async def test_a_typed_code_connects(self, visitor: Visitor, tv: TestClient, device: dict[str, Any]) -> None:
        path = await signed_in(visitor, device["verification_uri"])
        typed = device["user_code"].lower().replace("-", " ")
        confirm = (await visitor.fill(path, user_code=typed)).headers["location"]
        page = (await visitor.get(confirm)).text
        for told in ("Living room TV", "bob@example.com", device["user_code"], "see your name and profile"):
            assert told in page
        answer = await visitor.fill(confirm, decision="approve")
        assert "Your device is connected" in (await visitor.follow(answer)).text
        assert (await poll(visitor.auth, tv, device))["token_type"] == "Bearer"

    async def test_a_code_in_the_address_still_needs_a_yes(
        self, visitor: Visitor, tv: TestClient, device: dict[str, Any]
    ) -> None:
        path = await signed_in(visitor, device["verification_uri_complete"])
        page = (await visitor.get(path)).text
        assert PageForm(page).fields["user_code"] == device["user_code"]
        assert (await poll(visitor.auth, tv, device))["error"] == "authorization_pending"

    @pytest.mark.parametrize("decision", [{"decision": "deny"}, {}])
    async def test_anything_but_yes_is_a_no(
        self, visitor: Visitor, tv: TestClient, device: dict[str, Any], decision: dict[str, str]
    ) -> None:
        path = await signed_in(visitor, device["verification_uri_complete"])
        confirm = (await visitor.fill(path)).headers["location"]
        answer = await visitor.fill(confirm, **decision)
        assert "The device was not connected" in (await visitor.follow(answer)).text
        assert (await poll(visitor.auth, tv, device))["error"] == "access_denied"

    @pytest.mark.parametrize("typed", ["BBBB-BBBB", "nonsense", "'; DROP TABLE", "é" * 20, "<script>"])
    async def test_a_wrong_code_is_explained(self, visitor: Visitor, device: dict[str, Any], typed: str) -> None:
        path = await signed_in(visitor, device["verification_uri"], login="admin")
        page = await visitor.follow(await visitor.fill(path, user_code=typed))
        assert "That code is not right, or it has expired." in page.text
        assert PageForm(page.text).fields["user_code"] == typed

    async def test_no_code_is_explained(self, visitor: Visitor, device: dict[str, Any]) -> None:
        path = await signed_in(visitor, device["verification_uri"])
        assert "Please enter the code." in (await visitor.follow(await visitor.fill(path))).text

    async def test_a_second_answer_changes_nothing(
        self, visitor: Visitor, tv: TestClient, device: dict[str, Any]
    ) -> None:
        path = await signed_in(visitor, device["verification_uri_complete"])
        confirm = (await visitor.fill(path)).headers["location"]
        form = PageForm((await visitor.get(confirm)).text)
        await visitor.post(form.action, {**form.fields, "decision": "deny"})
        answer = await visitor.post(form.action, {**form.fields, "decision": "approve"})
        assert "it has expired" in (await visitor.follow(answer)).text
        assert (await poll(visitor.auth, tv, device))["error"] == "access_denied"

    async def test_the_decision_needs_the_forms_token(
        self, visitor: Visitor, tv: TestClient, device: dict[str, Any]
    ) -> None:
        path = await signed_in(visitor, device["verification_uri_complete"])
        confirm = (await visitor.fill(path)).headers["location"]
        await visitor.post(confirm, {"decision": "approve"})
        assert (await poll(visitor.auth, tv, device))["error"] == "authorization_pending"

    async def test_the_account_that_the_page_named_decides(
        self, visitor: Visitor, tv: TestClient, device: dict[str, Any]
    ) -> None:
        """Not the one that signed in in another tab meanwhile: it is asked itself."""
        path = await signed_in(visitor, device["verification_uri_complete"])
        form = PageForm((await visitor.get((await visitor.fill(path)).headers["location"])).text)
        visitor.cookies = {name: value for name, value in visitor.cookies.items() if name == FORM_COOKIE}
        await signed_in(visitor, device["verification_uri"], login="admin")
        page = await visitor.follow(await visitor.post(form.action, {**form.fields, "decision": "approve"}))
        assert (await poll(visitor.auth, tv, device))["error"] == "authorization_pending"
        assert "admin@example.com" in page.text

    async def test_strangers_sign_in_first(self, visitor: Visitor, device: dict[str, Any]) -> None:
        page = device["verification_uri"].removeprefix(ISSUER)
        for path in (page, f"{page}/confirm?user_code={device['user_code']}"):
            assert "/device/sign-in" in (await visitor.get(path)).headers["location"]
            assert "/device/sign-in" in (await visitor.post(path, {"decision": "approve"})).headers["location"]

    async def test_another_tenants_people_do_not_find_it(
        self, visitor: Visitor, directory: FakeDirectory, device: dict[str, Any]
    ) -> None:
        home, other = (directory.tenants[str(each)].slug for each in (directory.home, directory.other))
        path = await signed_in(visitor, device["verification_uri_complete"].replace(home, other), login="eve")
        assert "That code is not right" in (await visitor.follow(await visitor.fill(path))).text

    async def test_a_wrong_password_is_told(self, visitor: Visitor, device: dict[str, Any]) -> None:
        sign_in = (await visitor.get(device["verification_uri"])).headers["location"]
        page = await visitor.follow(await visitor.fill(sign_in, login="bob", password="wrong"))
        assert "That username or password is not right." in page.text
