"""The consent page."""

from urllib.parse import parse_qs, urlsplit

import pytest

from services.auth.tests.auth_browser import REDIRECT, Pkce, redeem
from services.auth.tests.auth_fakes import PASSWORD
from services.auth.tests.auth_harness import AuthProcess, MakeClient, TestClient
from services.auth.tests.hosted_visitor import PageForm, Visitor
from services.auth.tests.test_hosted_sign_in import code_of, location_of

SCOPES = ["openid", "profile", "email", "orders:read"]


@pytest.fixture
def visitor(auth: AuthProcess) -> Visitor:
    return Visitor(auth)


@pytest.fixture
async def app(make_client: MakeClient) -> TestClient:
    """A client that nobody has consented to."""
    return await make_client(
        name="Shop", redirect_uris=[REDIRECT], allowed_grant_types=["authorization_code"], allowed_scopes=SCOPES,
        terms_url="https://shop.example/terms", require_consent=True,
    )  # fmt: skip


async def consent_path(visitor: Visitor, app: TestClient, pkce: Pkce | None = None) -> str:
    """Signs bob in and returns where he is asked."""
    location = (await visitor.authorize(app, pkce, scope=" ".join(SCOPES))).headers["location"]
    answer = await visitor.fill(location, login="bob", password=PASSWORD)
    assert answer.status_code == 303, answer.text
    path = str(answer.headers["location"])
    assert "/consent?" in path
    return path


class TestConsent:
    async def test_says_who_asks_for_what(self, visitor: Visitor, app: TestClient) -> None:
        page = (await visitor.get(await consent_path(visitor, app))).text
        for told in ("Shop", "bob@example.com", "see your email address", "orders:read", "app.example.com"):
            assert told in page
        assert 'href="https://shop.example/terms" target="_blank" rel="noopener noreferrer"' in page

    async def test_a_name_does_not_turn_the_text_around_it(self, visitor: Visitor, make_client: MakeClient) -> None:
        """One with U+202E in it would otherwise have the account and the rest of the line read backwards."""
        turning = await make_client(
            name="Shop\u202e", redirect_uris=[REDIRECT], allowed_grant_types=["authorization_code"],
            allowed_scopes=SCOPES, require_consent=True,
        )  # fmt: skip
        page = (await visitor.get(await consent_path(visitor, turning))).text
        shown = page.partition("<body")[2]
        apart = shown.count("<bdi>Shop\u202e</bdi>") + shown.count('<strong dir="auto">Shop\u202e</strong>')
        assert apart == shown.count("Shop\u202e") == 2

    async def test_yes_gives_what_was_ticked(self, visitor: Visitor, app: TestClient) -> None:
        pkce = Pkce()
        form = PageForm((await visitor.get(await consent_path(visitor, app, pkce))).text)
        del form.fields["scope.email"]
        answer = await visitor.post(form.action, {**form.fields, "decision": "approve", "scope.admin": "on"})
        tokens = await redeem(visitor.auth, app, code_of(answer), pkce)
        assert set(tokens.json()["scope"].split()) == {"openid", "profile", "orders:read"}

    @pytest.mark.parametrize("decision", [{"decision": "deny"}, {}, {"decision": "APPROVE"}])
    async def test_anything_else_is_a_no(self, visitor: Visitor, app: TestClient, decision: dict[str, str]) -> None:
        answer = await visitor.fill(await consent_path(visitor, app), **decision)
        assert parse_qs(urlsplit(location_of(answer)).query)["error"] == ["access_denied"]

    async def test_is_asked_once(self, visitor: Visitor, app: TestClient) -> None:
        await visitor.fill(await consent_path(visitor, app), decision="approve")
        again = await visitor.authorize(app, scope=" ".join(SCOPES))
        assert again.headers["location"].startswith(REDIRECT)

    async def test_a_second_answer_finds_it_over(self, visitor: Visitor, app: TestClient) -> None:
        form = PageForm((await visitor.get(await consent_path(visitor, app))).text)
        await visitor.post(form.action, {**form.fields, "decision": "approve"})
        assert (await visitor.post(form.action, {**form.fields, "decision": "deny"})).status_code == 410

    async def test_somebody_who_is_not_signed_in_signs_in_first(self, visitor: Visitor, app: TestClient) -> None:
        path = await consent_path(visitor, app)
        stranger = Visitor(visitor.auth)
        assert "/sign-in?" in (await stranger.get(path)).headers["location"]
        form = PageForm((await visitor.get(path)).text)
        answer = await stranger.post(form.action, {**form.fields, "decision": "approve"})
        assert answer.status_code == 403

    async def test_the_form_needs_its_token(self, visitor: Visitor, app: TestClient) -> None:
        path = await consent_path(visitor, app)
        page = await visitor.follow(await visitor.post(path, {"decision": "approve"}))
        assert "Please decide once more." in page.text

    @pytest.mark.parametrize("decision", ["approve", "deny"])
    async def test_the_account_that_the_page_named_decides(
        self, visitor: Visitor, app: TestClient, decision: str
    ) -> None:
        """Not the one that signed in in another tab meanwhile: it is asked itself."""
        path = await consent_path(visitor, app)
        form = PageForm((await visitor.get(path)).text)
        other = path.replace("/consent?", "/sign-in?") + "&account=other"
        await visitor.fill(other, login="admin", password=PASSWORD)
        page = await visitor.follow(await visitor.post(form.action, {**form.fields, "decision": decision}))
        assert "Please decide once more." in page.text
        assert "admin@example.com" in page.text
        answer = await visitor.post(form.action, {**PageForm(page.text).fields, "decision": "approve"})
        assert code_of(answer)

    async def test_offers_another_account(self, visitor: Visitor, app: TestClient) -> None:
        path = await consent_path(visitor, app)
        assert "account=other" in (await visitor.get(path)).text
        answer = await visitor.fill(
            path.replace("/consent?", "/sign-in?") + "&account=other", login="admin", password=PASSWORD
        )
        assert "admin@example.com" in (await visitor.follow(answer)).text
