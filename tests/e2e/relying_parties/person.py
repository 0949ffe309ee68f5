"""A person at a browser without scripts: follows redirects, fills in the pages' forms, keeps cookies."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urljoin

import httpx

from tests.e2e.world import PASSWORD

_MAX_PAGES = 20


@dataclass
class Form:
    """A form as a browser would send it; the first button is pressed unless another one is named."""

    action: str
    method: str
    fields: dict[str, str] = field(default_factory=dict)
    buttons: list[tuple[str, str]] = field(default_factory=list)


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.refresh: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        if tag == "meta" and told.get("http-equiv") == "refresh":
            self.refresh = told["content"].partition("url=")[2]
        elif tag == "form":
            self.forms.append(Form(told["action"], told.get("method", "get")))
        elif self.forms and tag == "input" and "name" in told:
            self.forms[-1].fields[told["name"]] = told.get("value", "")
        elif self.forms and tag == "button" and "name" in told:
            self.forms[-1].buttons.append((told["name"], told["value"]))


@dataclass
class Person:
    """Somebody with an account. ``pages`` are the paths that they were shown, in order."""

    username: str
    password: str = PASSWORD
    decision: str = "approve"
    pages: list[str] = field(default_factory=list)
    http: httpx.AsyncClient = field(default_factory=lambda: httpx.AsyncClient(timeout=20))

    async def go(self, url: str, until: str) -> httpx.Request:
        """Goes to ``url`` and on, until the browser is about to ask an address that begins with ``until``."""
        request = self.http.build_request("GET", url)
        for _ in range(_MAX_PAGES):
            if str(request.url).startswith(until):
                return request
            request = self._next(await self.http.send(request))
        raise AssertionError(f"not there after {_MAX_PAGES} pages: {self.pages}")

    async def open(self, url: str) -> httpx.Response:
        """Goes to ``url`` and on, until a page comes that asks for nothing."""
        request = self.http.build_request("GET", url)
        for _ in range(_MAX_PAGES):
            response = await self.http.send(request)
            if not _leads_on(response):
                return response
            request = self._next(response)
        raise AssertionError(f"no end after {_MAX_PAGES} pages: {self.pages}")

    def _next(self, response: httpx.Response) -> httpx.Request:
        """What the browser does with an answer, and the person with a page."""
        here = str(response.url)
        if response.is_redirect:
            return self.http.build_request("GET", urljoin(here, response.headers["location"]))
        assert response.status_code == 200, f"{here}: {response.status_code} {response.text[:1000]}"
        self.pages.append(response.url.path)
        page = _read(response)
        if page.refresh is not None:
            return self.http.build_request("GET", urljoin(here, page.refresh))
        assert page.forms, f"{here} leads nowhere: {response.text[:1000]}"
        form = page.forms[0]
        data = {**form.fields, **self._filled_in(form)}
        return self.http.build_request(form.method.upper(), urljoin(here, form.action), data=data)

    def _filled_in(self, form: Form) -> dict[str, str]:
        filled: dict[str, Any] = {}
        if "password" in form.fields:
            filled = {"login": self.username, "password": self.password}
        for name, value in form.buttons:
            if name not in filled or value == self.decision:
                filled[name] = value
        return filled


def _read(response: httpx.Response) -> _Page:
    page = _Page()
    page.feed(response.text)
    return page


def _leads_on(response: httpx.Response) -> bool:
    if response.is_redirect:
        return True
    page = _read(response)
    return page.refresh is not None or bool(page.forms)
