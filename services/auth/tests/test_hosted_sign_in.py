"""The sign-in page, from the authorization request to the client's code."""

import asyncio
import re
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from services.auth.tests.auth_browser import REDIRECT, Pkce, redeem
from services.auth.tests.auth_fakes import PASSWORD, FakeDirectory, HeldVerification
from services.auth.tests.auth_harness import ISSUER, AuthProcess, MakeClient, TestClient
from services.auth.tests.hosted_visitor import PageForm, Visitor
from services.auth.tests.test_revocation import revoke
from vaultaris.auth.v1.auth_pb2 import Revocation
from vaultaris_kit.ids import new_id

FORM_COOKIE = "__Host-vaultaris-form"


@pytest.fixture
def visitor(auth: AuthProcess) -> Visitor:
    return Visitor(auth)


@pytest.fixture(scope="module")
async def app(make_client: MakeClient) -> TestClient:
    """A client whose people are asked for no consent."""
    return await make_client(
        name="Orders <&>", redirect_uris=[REDIRECT], allowed_grant_types=["authorization_code", "refresh_token"],
        allowed_scopes=["openid", "profile"], require_consent=False,
    )  # fmt: skip


def location_of(answer: httpx.Response) -> str:
    """Where a page that leaves goes to."""
    assert answer.status_code == 200, answer.text
    found = re.search(r'http-equiv="refresh" content="0;url=([^"]+)"', answer.text)
    assert found, answer.text
    return found[1].replace("&amp;", "&")


def code_of(answer: httpx.Response) -> str:
    location = location_of(answer)
    assert location.startswith(REDIRECT + "?")
    return parse_qs(urlsplit(location).query)["code"][0]


class TestSignIn:
    async def test_leads_to_tokens(self, visitor: Visitor, app: TestClient) -> None:
        pkce = Pkce()
        path = (await visitor.authorize(app, pkce)).headers["location"]
        answer = await visitor.fill(path, login=" bob ", password=PASSWORD)
        tokens = await redeem(visitor.auth, app, code_of(answer), pkce)
        assert tokens.status_code == 200, tokens.text

    async def test_next_client_needs_no_page(self, visitor: Visitor, app: TestClient) -> None:
        await visitor.fill(await visitor.page(app), login="bob", password=PASSWORD)
        again = await visitor.authorize(app)
        assert again.headers["location"].startswith(REDIRECT + "?code=")

    async def test_form_post_clients_get_a_form(self, visitor: Visitor, app: TestClient) -> None:
        path = await visitor.page(app, response_mode="form_post", state='"><script>')
        answer = await visitor.fill(path, login="bob", password=PASSWORD)
        form = PageForm(answer.text)
        assert form.action == REDIRECT
        assert form.fields["state"] == '"><script>'
        assert "<script>" not in answer.text
        assert "form-action" not in answer.headers["content-security-policy"]

    @pytest.mark.parametrize(("login", "password"), [("bob", "wrong"), ("nobody", PASSWORD), ("eve", PASSWORD)])
    async def test_a_wrong_password_is_told_once(
        self, visitor: Visitor, app: TestClient, login: str, password: str
    ) -> None:
        path = await visitor.page(app)
        answer = await visitor.fill(path, login=login, password=password)
        page = await visitor.follow(answer)
        assert "That username or password is not right." in page.text
        assert PageForm(page.text).fields["login"] == login
        assert 'aria-describedby="alert"' in page.text
        assert "That username" not in (await visitor.get(path)).text

    @pytest.mark.parametrize("fields", [{}, {"login": "bob"}, {"password": "x"}, {"login": "", "password": ""}])
    async def test_both_fields_are_needed(self, visitor: Visitor, app: TestClient, fields: dict[str, str]) -> None:
        page = await visitor.follow(await visitor.fill(await visitor.page(app), **fields))
        assert "Please enter your username and your password." in page.text

    async def test_a_full_directory_asks_to_try_again(
        self, visitor: Visitor, app: TestClient, directory: FakeDirectory
    ) -> None:
        path = await visitor.page(app)
        directory.full = True
        try:
            answer = await visitor.fill(path, login="bob", password=PASSWORD)
        finally:
            directory.full = False
        assert "Please try again in a moment." in (await visitor.follow(answer)).text

    async def test_an_expired_password_is_explained(
        self, visitor: Visitor, app: TestClient, directory: FakeDirectory
    ) -> None:
        old = directory.add_user("old")
        directory.expired.add(old.id)
        path = await visitor.page(app)
        for password, told in ((PASSWORD, "Your password has expired"), ("wrong", "That username or password")):
            answer = await visitor.fill(path, login="old", password=password)
            assert told in (await visitor.follow(answer)).text

    async def test_the_password_never_comes_back(self, visitor: Visitor, app: TestClient) -> None:
        answer = await visitor.fill(await visitor.page(app), login="bob", password="my secret")
        page = await visitor.follow(answer)
        assert "my secret" not in page.text + str(answer.headers) + str(page.headers)

    @pytest.mark.parametrize("login", ["", "bob"])
    async def test_attributes_stand_apart(self, visitor: Visitor, app: TestClient, login: str) -> None:
        """HTML section 13.1.2.3: also where an error adds some."""
        path = await visitor.page(app)
        refused = await visitor.fill(path, login=login, password="wrong")
        for page in (await visitor.follow(refused), await visitor.get(path)):
            assert "autofocus" in page.text
            assert re.search(r'="[^"<>]*"[^\s/>]', page.text) is None

    async def test_what_was_typed_is_escaped(self, visitor: Visitor, app: TestClient) -> None:
        answer = await visitor.fill(await visitor.page(app), login='"><script>alert(1)</script>', password="x")
        page = await visitor.follow(answer)
        assert "<script>alert" not in page.text
        assert "Orders &lt;&amp;&gt;" in page.text

    async def test_the_login_hint_is_filled_in(self, visitor: Visitor, app: TestClient) -> None:
        page = await visitor.get(await visitor.page(app, login_hint="bob@example.com"))
        assert PageForm(page.text).fields["login"] == "bob@example.com"

    async def test_speaks_the_language_of_the_request(self, visitor: Visitor, app: TestClient) -> None:
        path = await visitor.page(app, ui_locales="fr de")
        assert '<html lang="de"' in (await visitor.get(path)).text
        assert '<html lang="en"' in (await visitor.get(f"{path}&ui_locales=en")).text
        answer = await visitor.fill(f"{path}&ui_locales=en", login="bob", password="wrong")
        assert "ui_locales=en" in answer.headers["location"]

    async def test_one_that_was_overtaken_by_a_change_of_the_password_is_worth_nothing(
        self, auth: AuthProcess, visitor: Visitor, app: TestClient, directory: FakeDirectory
    ) -> None:
        """Whoever knew the old one had it verified before the change; everything before the change ends."""
        user, pkce = directory.add_user(f"user-{new_id()}"), Pkce()
        held = directory.held[user.id] = HeldVerification()
        page = await visitor.page(app, pkce=pkce)
        signing_in = asyncio.create_task(visitor.fill(page, login=user.username, password=PASSWORD))
        await held.verified.wait()
        await revoke(auth, directory.home, Revocation.SUBJECT_USER, user.id)
        held.released.set()
        redeemed = await redeem(auth, app, code_of(await signing_in), pkce)
        assert (redeemed.status_code, redeemed.json()["error"]) == (400, "invalid_grant")
        assert "error=login_required" in (await visitor.authorize(app, prompt="none")).headers["location"]


class TestAnsweredRequest:
    async def test_the_page_says_that_it_is_over(self, visitor: Visitor, app: TestClient) -> None:
        path = await visitor.page(app)
        form = PageForm((await visitor.get(path)).text)
        sent = {**form.fields, "login": "bob", "password": PASSWORD}
        code_of(await visitor.post(form.action, sent))
        for answer in (await visitor.get(path), await visitor.post(form.action, sent)):
            assert answer.status_code == 410
            assert "This sign-in is over" in answer.text

    @pytest.mark.parametrize("query", ["", "request_id=", "request_id=unknown", "request_id=" + "x" * 5000])
    async def test_unknown_requests_are_as_answered_ones(
        self, visitor: Visitor, directory: FakeDirectory, query: str
    ) -> None:
        slug = directory.tenants[str(directory.home)].slug
        for page in ("sign-in", "consent", "second-factor"):
            assert (await visitor.get(f"/hosted/{slug}/{page}?{query}")).status_code == 410

    async def test_an_address_that_was_taken_away_meanwhile(
        self, visitor: Visitor, make_client: MakeClient, directory: FakeDirectory, admin: dict[str, str]
    ) -> None:
        """Nobody is sent there any more, however long they left the page open."""
        client = await make_client(redirect_uris=[REDIRECT], allowed_grant_types=["authorization_code"])
        path = await visitor.page(client, scope="openid")
        form = PageForm((await visitor.get(path)).text)
        change = {"redirect_uris": ["https://app.example.com/new"]}
        clients = f"/api/v1/tenants/{directory.home}/clients"
        changed = await visitor.auth.http.put(f"{clients}/{client.row_id}", json=change, headers=admin)
        assert changed.status_code == 200
        answer = await visitor.post(form.action, {**form.fields, "login": "bob", "password": PASSWORD})
        assert answer.status_code == 410

    async def test_another_tenants_page_does_not_serve_it(
        self, visitor: Visitor, app: TestClient, directory: FakeDirectory
    ) -> None:
        path = await visitor.page(app)
        home, other = (directory.tenants[str(each)].slug for each in (directory.home, directory.other))
        assert (await visitor.get(path.replace(home, other))).status_code == 410

    async def test_a_sign_in_in_another_tab_counts(self, visitor: Visitor, app: TestClient) -> None:
        first, second = await visitor.page(app), await visitor.page(app)
        await visitor.fill(first, login="bob", password=PASSWORD)
        assert code_of(await visitor.get(second))

    async def test_another_account_can_sign_in_instead(self, visitor: Visitor, app: TestClient) -> None:
        first, second = await visitor.page(app), await visitor.page(app)
        await visitor.fill(first, login="bob", password=PASSWORD)
        answer = await visitor.fill(f"{second}&account=other", login="admin", password=PASSWORD)
        assert code_of(answer)


class TestForm:
    """Only this browser's own page can send the form."""

    async def _form(self, visitor: Visitor, app: TestClient) -> tuple[str, dict[str, str]]:
        form = PageForm((await visitor.get(await visitor.page(app))).text)
        return form.action, {**form.fields, "login": "bob", "password": PASSWORD}

    async def _refused(self, visitor: Visitor, answer: httpx.Response) -> None:
        """Back at the form, signed in to nothing."""
        assert (await visitor.follow(answer)).text.count("This page had been open for too long.") == 1
        assert all(name.startswith(("__Host-vaultaris-form", "__Host-vaultaris-notice")) for name in visitor.cookies)

    @pytest.mark.parametrize("token", [None, "", "x", "0" * 64, "é"])
    async def test_needs_its_token(self, visitor: Visitor, app: TestClient, token: str | None) -> None:
        action, form = await self._form(visitor, app)
        del form["form_token"]
        form |= {"form_token": token} if token is not None else {}
        await self._refused(visitor, await visitor.post(action, form))

    async def test_needs_the_cookie_of_the_same_browser(self, visitor: Visitor, app: TestClient) -> None:
        action, form = await self._form(visitor, app)
        visitor.cookies[FORM_COOKIE] = "A" * 43
        await self._refused(visitor, await visitor.post(action, form))

    async def test_a_token_is_for_one_page(self, visitor: Visitor, app: TestClient) -> None:
        _, form = await self._form(visitor, app)
        action, _ = await self._form(visitor, app)
        await self._refused(visitor, await visitor.post(action, form))

    @pytest.mark.parametrize(
        "headers",
        [
            {"Sec_Fetch_Site": "cross-site"}, {"Sec_Fetch_Site": "same-site"}, {"Sec_Fetch_Site": "none"},
            {"Origin": "https://evil.example"}, {"Origin": "null"}, {"Origin": "https://id.example.com.evil.example"},
        ],
    )  # fmt: skip
    async def test_must_come_from_this_origin(self, visitor: Visitor, app: TestClient, headers: dict[str, str]) -> None:
        action, form = await self._form(visitor, app)
        await self._refused(visitor, await visitor.post(action, form, **headers))

    async def test_browsers_that_tell_the_right_origin_are_fine(self, visitor: Visitor, app: TestClient) -> None:
        action, form = await self._form(visitor, app)
        origin = str(visitor.auth.http.base_url).rstrip("/")
        assert code_of(await visitor.post(action, form, Sec_Fetch_Site="same-origin", Origin=origin))

    async def test_a_proxy_may_have_named_another_host(self, visitor: Visitor, app: TestClient) -> None:
        action, form = await self._form(visitor, app)
        assert code_of(await visitor.post(action, form, Sec_Fetch_Site="same-origin", Origin=ISSUER))

    async def test_without_cookies_the_reason_is_told(self, visitor: Visitor, app: TestClient) -> None:
        action, form = await self._form(visitor, app)
        visitor.cookies.clear()
        answer = await visitor.post(action, form)
        assert answer.status_code == 403
        assert "Cookies must be allowed." in answer.text

    @pytest.mark.parametrize("body", ["login=a&login=b", "login=%00", "login=%ff", "%"])
    async def test_malformed_forms_are_a_page(self, visitor: Visitor, app: TestClient, body: str) -> None:
        action, _ = await self._form(visitor, app)
        answer = await visitor.auth.http.post(
            action, content=body, headers={"Content-Type": "application/x-www-form-urlencoded", "Cookie": "a=b"}
        )
        assert answer.status_code in (303, 400)

    async def test_a_forged_notice_is_ignored(self, visitor: Visitor, app: TestClient) -> None:
        for value in ("x", "AAAA", "A" * 2999, "A" * 5000):
            visitor.cookies["__Host-vaultaris-notice"] = value
            assert (await visitor.get(await visitor.page(app))).status_code == 200


class TestHeaders:
    async def test_the_page_is_locked_down(self, visitor: Visitor, app: TestClient) -> None:
        headers = (await visitor.get(await visitor.page(app))).headers
        policy = dict(part.partition(" ")[::2] for part in headers["content-security-policy"].split("; "))
        assert policy == {
            "default-src": "'none'", "script-src": "'self'", "style-src": "'self'", "img-src": "'self'",
            "base-uri": "'none'", "frame-ancestors": "'none'", "form-action": "'self'",
            "require-trusted-types-for": "'script'", "trusted-types": "'none'",
        }  # fmt: skip
        assert headers["cache-control"] == "no-store"
        assert headers["x-frame-options"] == "DENY"
        assert headers["referrer-policy"] == "same-origin"

    async def test_images_come_from_the_tenants_logo_alone(
        self, visitor: Visitor, make_client: MakeClient, directory: FakeDirectory
    ) -> None:
        tenant_id = directory.add_tenant(slug="with-logo", logo_url="https://cdn.example/logo.svg")
        directory.add_user("zoe", tenant_id=tenant_id)
        client = await make_client(tenant_id, redirect_uris=[REDIRECT], allowed_grant_types=["authorization_code"])
        page = await visitor.get(await visitor.page(client, scope="openid"))
        assert "img-src 'self' https://cdn.example;" in page.headers["content-security-policy"]
        assert 'src="https://cdn.example/logo.svg"' in page.text

    async def test_suspended_tenants_say_so(self, visitor: Visitor, directory: FakeDirectory) -> None:
        directory.add_tenant(slug="closed", status="suspended", name="Closed Ltd")
        answer = await visitor.get("/hosted/closed/sign-in?request_id=x")
        assert answer.status_code == 403
        assert "Nobody can sign in to Closed Ltd" in answer.text

    async def test_unknown_tenants_are_a_page_too(self, visitor: Visitor) -> None:
        for path in ("/hosted/nobody-here/sign-in?request_id=x", "/hosted/nobody-here/x", "/hosted/with-logo/sing-in"):
            answer = await visitor.get(path, Accept_Language="de")
            assert answer.status_code == 404
            assert "Hier ist nichts" in answer.text
