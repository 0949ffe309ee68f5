"""Giving and refusing consent with a real browser."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

from playwright.async_api import expect

from tests.e2e.browser.conftest import Visit
from tests.e2e.browser.relying_party import App


class TestConsent:
    async def test_yes_gives_what_was_ticked(self, visit: Visit, consenting_app: App, person: dict[str, Any]) -> None:
        app = consenting_app
        visitor = await visit(app.address(scope="openid profile email"))
        await visitor.sign_in(person["username"])
        await visitor.title(f"Allow {app.name} access?")
        await expect(visitor.page.get_by_text(person["email"])).to_be_visible()
        await expect(visitor.page.get_by_text(f"localhost:{app.port}")).to_be_visible()
        await visitor.page.get_by_label("see your email address").uncheck()
        await visitor.page.get_by_role("button", name="Allow").click()
        await visitor.page.wait_for_url(app.home)
        assert set((await app.redeem(visitor.page.url))["scope"].split()) == {"openid", "profile"}

    async def test_no_is_told_to_the_application(
        self, visit: Visit, consenting_app: App, person: dict[str, Any]
    ) -> None:
        visitor = await visit(consenting_app.address())
        await visitor.sign_in(person["username"])
        await visitor.page.get_by_role("button", name="Cancel").click()
        await visitor.page.wait_for_url(consenting_app.home)
        assert parse_qs(urlsplit(visitor.page.url).query)["error"] == ["access_denied"]

    async def test_works_without_scripts_and_survives_reload(
        self, visit: Visit, consenting_app: App, person: dict[str, Any]
    ) -> None:
        visitor = await visit(consenting_app.address(), java_script_enabled=False)
        await visitor.sign_in(person["username"])
        await visitor.title(f"Allow {consenting_app.name} access?")
        await visitor.page.reload()
        await visitor.page.get_by_role("button", name="Allow").click()
        await visitor.page.wait_for_url(consenting_app.home)

    async def test_another_account_can_be_used(self, visit: Visit, consenting_app: App, person: dict[str, Any]) -> None:
        other = await consenting_app.company.add_user()
        visitor = await visit(consenting_app.address())
        await visitor.sign_in(person["username"])
        await visitor.page.get_by_role("link", name="Use another account").click()
        await visitor.sign_in(other["username"])
        await expect(visitor.page.get_by_text(other["email"])).to_be_visible()


class TestSingleSignOn:
    async def test_the_next_application_asks_nothing(
        self, visit: Visit, app: App, applications: int, person: dict[str, Any]
    ) -> None:
        visitor = await visit(app.address())
        await visitor.sign_in(person["username"])
        await visitor.page.wait_for_url(app.home)
        first = await app.redeem(visitor.page.url)
        second_app = await App.register(app.company, applications)
        await visitor.page.goto(second_app.address())
        await visitor.page.wait_for_url(second_app.home)
        assert (await second_app.redeem(visitor.page.url))["access_token"] != first["access_token"]

    async def test_prompt_none_never_shows_a_page(self, visit: Visit, app: App, person: dict[str, Any]) -> None:
        visitor = await visit(app.address(prompt="none"))
        await visitor.page.wait_for_url(app.home)
        assert parse_qs(urlsplit(visitor.page.url).query)["error"] == ["login_required"]
        await visitor.page.goto(app.address())
        await visitor.sign_in(person["username"])
        await visitor.page.wait_for_url(app.home)
        await visitor.page.goto(app.address(prompt="none"))
        await visitor.page.wait_for_url(app.home)
        assert "code" in parse_qs(urlsplit(visitor.page.url).query)

    async def test_prompt_login_asks_again(self, visit: Visit, app: App, person: dict[str, Any]) -> None:
        visitor = await visit(app.address())
        await visitor.sign_in(person["username"])
        await visitor.page.wait_for_url(app.home)
        await visitor.page.goto(app.address(prompt="login"))
        await visitor.title("Sign in")
        await visitor.sign_in(person["username"])
        await visitor.page.wait_for_url(app.home)
