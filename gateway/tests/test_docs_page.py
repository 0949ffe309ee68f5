"""The reference page in a real browser: it works, under its own strict policy, without a call to anybody else."""

import httpx
from playwright.async_api import Page, async_playwright

from conftest import CHROMIUM_FLAGS
from gateway.tests.rig.world import World


class TestPage:
    async def test_shows_the_api_and_asks_nobody_else(self, world: World, chromium: str) -> None:
        envoy = await world.envoy("browsed")
        asked: list[str] = []
        complaints: list[str] = []
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=chromium, args=CHROMIUM_FLAGS)
            page = await browser.new_page()
            page.on("request", lambda request: asked.append(request.url))
            page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
            page.on("pageerror", lambda error: complaints.append(str(error)))
            await page.goto(f"{envoy.url}/api/v1/docs")
            await self._shows(page, "Vaultaris")
            await self._shows(page, "/health/detailed")
            await browser.close()
        assert complaints == []
        assert {url for url in asked if not url.startswith((envoy.url, "data:"))} == set()

    async def _shows(self, page: Page, text: str) -> None:
        await page.get_by_text(text).first.wait_for(timeout=15_000)

    async def test_is_strict_about_where_things_come_from(self, client: httpx.AsyncClient) -> None:
        answer = await client.get("/api/v1/docs")
        policy = dict(part.split(" ", 1) for part in answer.headers["content-security-policy"].split("; "))
        assert policy["default-src"] == policy["frame-ancestors"] == "'none'"
        assert policy["script-src"] == policy["connect-src"] == "'self'"
        assert "://" not in answer.text

    async def test_the_script_is_compressed_for_those_who_take_it(self, client: httpx.AsyncClient) -> None:
        packed = await client.get("/api/v1/docs/scalar.js", headers={"accept-encoding": "gzip"})
        plain = await client.get("/api/v1/docs/scalar.js", headers={"accept-encoding": "identity"})
        assert packed.headers["content-encoding"] == "gzip"
        assert int(packed.headers["content-length"]) < int(plain.headers["content-length"]) / 2
        assert packed.content == plain.content
        assert plain.headers["content-type"].startswith("text/javascript")
