"""Signing out with a real browser."""

from typing import Any
from urllib.parse import urlencode

import pytest_asyncio
from playwright.async_api import expect

from tests.e2e.browser.conftest import Visit
from tests.e2e.browser.relying_party import App
from tests.e2e.browser.visitor import Visitor


def _logout(app: App, **parameters: str) -> str:
    return f"{app.company.admin.url}/oauth/logout?{urlencode(parameters)}"


@pytest_asyncio.fixture
async def visitor(visit: Visit, app: App, person: dict[str, Any]) -> Visitor:
    """Somebody who is signed in."""
    signed_in = await visit(app.address(), color_scheme="dark")
    await signed_in.sign_in(person["username"])
    await signed_in.page.wait_for_url(app.home)
    return signed_in


class TestSignOut:
    async def test_an_application_signs_its_person_out(self, visitor: Visitor, app: App) -> None:
        tokens = await app.redeem(visitor.page.url)
        bye = f"http://localhost:{app.port}/bye"
        await visitor.page.goto(_logout(app, id_token_hint=tokens["id_token"], post_logout_redirect_uri=bye, state="x"))
        await visitor.page.wait_for_url(f"{bye}?state=x")
        await visitor.page.goto(app.address())
        await visitor.title("Sign in")
        refused = await app.company.admin.with_token(tokens["access_token"]).call("GET", "/oauth/userinfo")
        assert refused.status_code == 401

    async def test_anybody_else_has_the_person_asked(self, visitor: Visitor, app: App, person: dict[str, Any]) -> None:
        await visitor.page.goto(_logout(app))
        await visitor.title("Sign out?")
        await expect(visitor.page.get_by_text(person["email"])).to_be_visible()
        await visitor.accessible()
        await visitor.page.get_by_role("button", name="Stay signed in").click()
        await visitor.title("You are still signed in")
        await visitor.page.go_back()
        await visitor.page.get_by_role("button", name="Sign out").click()
        await visitor.title("You are signed out")
        await visitor.accessible()
        await visitor.page.reload()
        await visitor.page.go_back()
        await visitor.title("You are signed out")
