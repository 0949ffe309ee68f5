"""Connecting a device with a real browser (RFC 8628)."""

from typing import Any

import httpx
import pytest
import pytest_asyncio
from playwright.async_api import expect

from tests.e2e.browser.conftest import Visit
from tests.e2e.browser.relying_party import App
from tests.e2e.browser.test_looks import SCREENS
from tests.e2e.world import Company

GRANT = "urn:ietf:params:oauth:grant-type:device_code"


@pytest_asyncio.fixture
async def tv(shop: Company, applications: int) -> App:
    """A device without a browser."""
    return await App.register(shop, applications, allowed_grant_types=[GRANT, "refresh_token"], redirect_uris=[])


async def _begin(tv: App) -> dict[str, Any]:
    async with httpx.AsyncClient(base_url=tv.company.admin.url) as http:
        form = {"client_id": tv.client_id, "scope": "openid profile"}
        answer = await http.post("/oauth/device_authorization", data=form)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def _poll(tv: App, device: dict[str, Any]) -> dict[str, Any]:
    answer = await tv.company.admin.token_request(
        grant_type=GRANT, client_id=tv.client_id, device_code=device["device_code"]
    )
    return dict(answer.json())


class TestDevice:
    @pytest.mark.parametrize("screen", SCREENS[1:3])
    async def test_a_typed_code_connects(
        self, visit: Visit, tv: App, person: dict[str, Any], screen: dict[str, Any]
    ) -> None:
        device = await _begin(tv)
        visitor = await visit(device["verification_uri"], **screen)
        await visitor.sign_in(person["username"])
        await visitor.title("Connect a device")
        await visitor.accessible()
        code = visitor.page.get_by_label("Code")
        await code.fill("BBBB-BBBB")
        await code.press("Enter")
        await expect(visitor.page.get_by_role("alert")).to_contain_text("That code is not right")
        await visitor.accessible()
        await code.fill(device["user_code"].lower().replace("-", ""))
        await code.press("Enter")
        await visitor.title("Is this your device?")
        await expect(visitor.page.get_by_label("Your device must show this code")).to_have_text(device["user_code"])
        await expect(visitor.page.get_by_text("Requested from").locator("..")).to_contain_text("127.0.0.1")
        await expect(visitor.page.get_by_role("time")).to_contain_text("ago")
        await visitor.accessible()
        await visitor.page.get_by_role("button", name="Connect").click()
        await visitor.title("Your device is connected")
        await visitor.accessible()
        assert (await _poll(tv, device))["token_type"] == "Bearer"

    async def test_no_keeps_it_out_without_scripts_too(self, visit: Visit, tv: App, person: dict[str, Any]) -> None:
        device = await _begin(tv)
        visitor = await visit(device["verification_uri_complete"], java_script_enabled=False)
        await visitor.sign_in(person["username"])
        await visitor.page.get_by_role("button", name="Continue").click()
        await visitor.page.get_by_role("button", name="Cancel").click()
        await visitor.title("The device was not connected")
        assert (await _poll(tv, device))["error"] == "access_denied"
