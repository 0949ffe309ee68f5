"""The page that asks whether to sign out, and the one that says that it is done."""

from urllib.parse import urlencode

import pytest

from services.auth.tests.auth_browser import REDIRECT
from services.auth.tests.auth_fakes import PASSWORD, FakeDirectory
from services.auth.tests.auth_harness import AuthProcess, MakeClient, TestClient
from services.auth.tests.hosted_visitor import PageForm, Visitor
from services.auth.tests.test_hosted_sign_in import location_of

BYE = "https://app.example.com/bye"


@pytest.fixture(scope="module")
async def app(make_client: MakeClient) -> TestClient:
    return await make_client(
        redirect_uris=[REDIRECT], post_logout_redirect_uris=[BYE], allowed_grant_types=["authorization_code"],
        allowed_scopes=["openid", "profile"], require_consent=False,
    )  # fmt: skip


@pytest.fixture
async def visitor(auth: AuthProcess, app: TestClient) -> Visitor:
    """Bob, signed in."""
    signed_in = Visitor(auth)
    await signed_in.fill(await signed_in.page(app), login="bob", password=PASSWORD)
    return signed_in


@pytest.fixture(scope="module")
def home(directory: FakeDirectory) -> str:
    return f"/hosted/{directory.tenants[str(directory.home)].slug}"


async def _page(visitor: Visitor, app: TestClient, **parameters: str) -> str:
    """Where somebody is asked whom an application without an ID token sends to sign out."""
    answer = await visitor.get(f"/oauth/logout?{urlencode({'client_id': app.client_id, **parameters})}")
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


async def _is_signed_in(visitor: Visitor, app: TestClient) -> bool:
    return "code=" in (await visitor.authorize(app, prompt="none")).headers["location"]


class TestSignOut:
    async def test_asks_whom(self, visitor: Visitor, app: TestClient) -> None:
        assert "bob@example.com" in (await visitor.get(await _page(visitor, app))).text

    async def test_yes_ends_the_session_and_leads_back(self, visitor: Visitor, app: TestClient) -> None:
        path = await _page(visitor, app, post_logout_redirect_uri=BYE, state="s&t")
        answer = await visitor.fill(path, decision="sign_out")
        assert location_of(answer) == f"{BYE}?state=s%26t"
        assert not await _is_signed_in(visitor, app)

    async def test_without_an_address_the_page_says_so(self, visitor: Visitor, app: TestClient) -> None:
        answer = await visitor.fill(await _page(visitor, app), decision="sign_out")
        assert "You are signed out" in (await visitor.follow(answer)).text

    @pytest.mark.parametrize("decision", [{"decision": "stay"}, {}])
    async def test_anything_else_changes_nothing(
        self, visitor: Visitor, app: TestClient, decision: dict[str, str]
    ) -> None:
        answer = await visitor.fill(await _page(visitor, app, post_logout_redirect_uri=BYE), **decision)
        assert "You are still signed in" in (await visitor.follow(answer)).text
        assert await _is_signed_in(visitor, app)

    async def test_nobody_can_be_signed_out_by_another_site(self, visitor: Visitor, app: TestClient) -> None:
        path = await _page(visitor, app)
        form = PageForm((await visitor.get(path)).text)
        for fields, headers in (({}, {}), (form.fields, {"Sec_Fetch_Site": "cross-site"})):
            answer = await visitor.post(path, {**fields, "decision": "sign_out"}, **headers)
            assert answer.headers["location"] in path
        assert await _is_signed_in(visitor, app)

    @pytest.mark.parametrize("sealed", ["", "x", "A" * 200, "A" * 9000])
    async def test_a_request_that_is_not_ours_leads_nowhere(
        self, visitor: Visitor, app: TestClient, home: str, sealed: str
    ) -> None:
        answer = await visitor.fill(f"{home}/sign-out?sign_out_request={sealed}", decision="sign_out")
        assert answer.headers["location"] == f"{home}/signed-out"
        assert not await _is_signed_in(visitor, app)

    async def test_an_address_that_was_taken_away_meanwhile(
        self, visitor: Visitor, make_client: MakeClient, home: str, directory: FakeDirectory, admin: dict[str, str]
    ) -> None:
        """The person is signed out, and stays here."""
        client = await make_client(redirect_uris=[REDIRECT], post_logout_redirect_uris=[BYE])
        path = await _page(visitor, client, post_logout_redirect_uri=BYE)
        clients = f"/api/v1/tenants/{directory.home}/clients"
        change: dict[str, list[str]] = {"post_logout_redirect_uris": []}
        changed = await visitor.auth.http.put(f"{clients}/{client.row_id}", json=change, headers=admin)
        assert changed.status_code == 200
        answer = await visitor.fill(path, decision="sign_out")
        assert answer.headers["location"].startswith(f"{home}/signed-out")

    async def test_somebody_who_is_out_is_not_asked(self, auth: AuthProcess, home: str) -> None:
        stranger = Visitor(auth)
        answer = await stranger.get(f"{home}/sign-out")
        assert "You are signed out" in (await stranger.follow(answer)).text

    async def test_nobody_of_no_tenant_is_signed_out(self, auth: AuthProcess) -> None:
        answer = await auth.http.get("/oauth/logout", headers={"Accept-Language": "de"})
        assert "Sie sind abgemeldet" in answer.text
