"""Signing in with a real browser."""

import re
from typing import Any

from playwright.async_api import expect

from tests.e2e.browser.conftest import Visit
from tests.e2e.browser.relying_party import App
from tests.e2e.world import PASSWORD

FINISHED = "This sign-in is over"


class TestSignIn:
    async def test_ends_at_the_application_with_tokens(self, visit: Visit, app: App, person: dict[str, Any]) -> None:
        visitor = await visit(app.address())
        await expect(visitor.page.get_by_text(f"to continue to {app.name}")).to_be_visible()
        await visitor.sign_in(person["email"])
        await visitor.page.wait_for_url(app.home)
        assert (await app.redeem(visitor.page.url))["token_type"] == "Bearer"

    async def test_works_without_scripts(self, visit: Visit, app: App, person: dict[str, Any]) -> None:
        visitor = await visit(app.address(), java_script_enabled=False)
        await expect(visitor.page.get_by_role("button", name="Show password")).to_be_hidden()
        await visitor.sign_in(person["username"])
        await visitor.page.wait_for_url(app.home)

    async def test_works_by_keyboard_alone(self, visit: Visit, app: App, person: dict[str, Any]) -> None:
        page = (await visit(app.address())).page
        await expect(page.get_by_label("Username or email address")).to_be_focused()
        await page.keyboard.type(person["username"])
        await page.keyboard.press("Tab")
        await page.keyboard.type(PASSWORD)
        for name in ("Show password", "Sign in", "Deutsch"):
            await page.keyboard.press("Tab")
            focused = page.locator(":focus")
            assert await focused.get_attribute("aria-label") == name or await focused.text_content() == name
            assert await focused.evaluate("element => getComputedStyle(element).outlineStyle") == "solid"
        await page.keyboard.press("Shift+Tab")
        await page.keyboard.press("Enter")
        await page.wait_for_url(app.home)

    async def test_a_wrong_password_is_explained(self, visit: Visit, app: App, person: dict[str, Any]) -> None:
        visitor = await visit(app.address())
        await visitor.sign_in(person["username"], "wrong")
        await expect(visitor.page.get_by_role("alert")).to_contain_text("That username or password is not right.")
        password = visitor.page.get_by_label("Password", exact=True)
        await expect(password).to_be_focused()
        await expect(password).to_have_value("")
        await expect(password).to_have_accessible_description(re.compile("not right"))
        await expect(visitor.page.get_by_label("Username or email address")).to_have_value(person["username"])
        await visitor.page.reload()
        await expect(visitor.page.get_by_role("alert")).to_have_count(0)
        await visitor.sign_in(person["username"])
        await visitor.page.wait_for_url(app.home)

    async def test_the_password_can_be_shown(self, visit: Visit, app: App) -> None:
        page = (await visit(app.address())).page
        password, button = page.locator("#password"), page.get_by_role("button", name="Show password")
        await password.fill("secret")
        await button.click()
        await expect(password).to_have_attribute("type", "text")
        await expect(button).to_have_attribute("aria-pressed", "true")
        await button.click()
        await expect(password).to_have_attribute("type", "password")

    async def test_form_post_reaches_the_application(self, visit: Visit, app: App, person: dict[str, Any]) -> None:
        visitor = await visit(app.address(response_mode="form_post"))
        await visitor.sign_in(person["username"])
        await visitor.page.wait_for_url(app.redirect_uri)
        assert "code=" in (await visitor.page.locator("output").text_content() or "")

    async def test_form_post_has_a_button_without_scripts(self, visit: Visit, app: App, person: dict[str, Any]) -> None:
        visitor = await visit(app.address(response_mode="form_post"), java_script_enabled=False)
        await visitor.sign_in(person["username"])
        await visitor.page.get_by_role("button", name="Continue").click()
        await visitor.page.wait_for_url(app.redirect_uri)


class TestBackAndReload:
    async def test_back_finds_the_sign_in_over(self, visit: Visit, app: App, person: dict[str, Any]) -> None:
        visitor = await visit(app.address())
        await visitor.sign_in(person["username"])
        await visitor.page.wait_for_url(app.home)
        await visitor.page.go_back()
        await visitor.title(FINISHED)
        await visitor.page.reload()
        await visitor.title(FINISHED)

    async def test_one_step_back_leads_to_the_page_and_no_further(
        self, visit: Visit, app: App, person: dict[str, Any]
    ) -> None:
        """The page that leaves is not in the history: nobody gets stuck on it."""
        visitor = await visit(app.address())
        before = await visitor.page.evaluate("history.length")
        await visitor.sign_in(person["username"])
        await visitor.page.wait_for_url(app.home)
        assert await visitor.page.evaluate("history.length") == before + 1

    async def test_two_clicks_are_one_sign_in(self, visit: Visit, app: App, person: dict[str, Any]) -> None:
        page = (await visit(app.address())).page
        await page.get_by_label("Username or email address").fill(person["username"])
        await page.get_by_label("Password", exact=True).fill(PASSWORD)
        await page.get_by_role("button", name="Sign in").dblclick(no_wait_after=True)
        await page.wait_for_url(app.home)
        assert (await app.redeem(page.url))["access_token"]


class TestLanguage:
    async def test_follows_the_browser(self, visit: Visit, app: App) -> None:
        visitor = await visit(app.address(), locale="de-AT")
        await visitor.title("Anmelden")
        await expect(visitor.page.locator("html")).to_have_attribute("lang", "de")

    async def test_can_be_changed(self, visit: Visit, app: App, person: dict[str, Any]) -> None:
        visitor = await visit(app.address())
        await visitor.page.get_by_role("link", name="Deutsch").click()
        await visitor.title("Anmelden")
        await visitor.page.get_by_label("Passwort", exact=True).fill("falsch")
        await visitor.page.get_by_label("Benutzername oder E-Mail-Adresse").fill(person["username"])
        await visitor.page.get_by_role("button", name="Anmelden").click()
        await expect(visitor.page.get_by_role("alert")).to_contain_text("stimmt nicht")
