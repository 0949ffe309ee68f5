"""A person at a real browser, and what the browser has to say against our pages."""

from dataclasses import dataclass, field

from axe_playwright_python.async_playwright import Axe
from playwright.async_api import ConsoleMessage, Page, expect

from tests.e2e.world import PASSWORD

_REPORT = (
    "addEventListener('securitypolicyviolation', e => console.error("
    "'Content Security Policy: ' + e.effectiveDirective + ' ' + e.blockedURI))"
)


@dataclass
class Visitor:
    """One tab."""

    page: Page
    complaints: list[str] = field(default_factory=list)
    """Violations of the Content-Security-Policy and faults of our script."""

    async def watch(self) -> None:
        """Begins to listen."""
        await self.page.add_init_script(_REPORT)
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda fault: self.complaints.append(str(fault)))

    def _hear(self, message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text:
            self.complaints.append(message.text)

    async def sign_in(self, username: str, password: str = PASSWORD) -> None:
        """Fills the sign-in form and sends it."""
        await self.page.get_by_label("Username or email address").fill(username)
        await self.page.get_by_label("Password", exact=True).fill(password)
        await self.page.get_by_role("button", name="Sign in").click()

    async def title(self, text: str) -> None:
        """Waits for the page of that heading."""
        await expect(self.page.get_by_role("heading", level=1)).to_have_text(text)

    async def accessible(self) -> None:
        """Nothing that axe finds wrong (WCAG 2.2, A and AA, and best practice), no sideways scrolling."""
        results = await Axe().run(self.page)
        found = [
            f"{violation['id']}: {node['html'][:200]}: {node.get('failureSummary')}"
            for violation in results.response["violations"]
            for node in violation["nodes"]
        ]
        assert found == []
        wide = await self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, "the page scrolls sideways"
