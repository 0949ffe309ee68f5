"""Reading forms, after making sure that this browser got the form from us and sends it from our own page."""

import hmac
import re
import secrets
from typing import Final
from urllib.parse import urlsplit

from fastapi import Request
from starlette.responses import Response

from vaultaris_auth.hosted.cookies import FORM, Cookies
from vaultaris_auth.oauth.form import Form, read_form
from vaultaris_kit.crypto import same
from vaultaris_kit.errors import VaultarisError
from vaultaris_kit.http.dependencies import runtime_of

TOKEN_FIELD: Final = "form_token"  # noqa: S105 - a field's name
_BROWSER_BYTES = 32
_BROWSER = re.compile(r"[A-Za-z0-9_-]{43}")


class FormRefused(VaultarisError):
    """The form is not one that this browser got from us, or its cookie is gone."""

    status, code, message = 403, "form_refused", "The form can't be accepted; open the page again."


class FormGuard:
    """Makes and checks the token of every form: an HMAC of the browser's cookie and of what the form is for.

    Double submission of a signed value: a page of somebody else's can neither read the cookie nor make the token.
    ``secret`` is the same in all replicas; tokens made with one of ``also_accepted`` count while it is being changed.
    """

    def __init__(self, secret: bytes, cookies: Cookies, *also_accepted: bytes) -> None:
        self._cookies = cookies
        self._keys = [hmac.digest(each, b"vaultaris hosted forms", "sha256") for each in (secret, *also_accepted)]

    def browser(self, request: Request) -> tuple[str, bool]:
        """The browser's name, and whether it is new and must be set as a cookie."""
        known = self._cookies.read(request, FORM)
        return (known, False) if _BROWSER.fullmatch(known) else (secrets.token_urlsafe(_BROWSER_BYTES), True)

    def name_browser(self, response: Response, browser: str) -> None:
        """Sets the cookie."""
        self._cookies.set(response, FORM, browser)

    def token(self, browser: str, action: str) -> str:
        """The value of ``form_token`` in a form that is sent to ``action``, a path with its query."""
        return _token(self._keys[0], browser, action)

    async def read(self, request: Request) -> Form:
        """The fields of a form that may be trusted to be meant. Raises :class:`FormRefused`, InvalidRequest."""
        _check_site(request)
        browser, is_new = self.browser(request)
        form = await read_form(request)
        sent = form.pop(TOKEN_FIELD, "")
        if is_new or not self._made(sent.encode(), browser, action_of(request)):
            raise FormRefused
        return form

    def _made(self, sent: bytes, browser: str, action: str) -> bool:
        return any(same(sent, _token(key, browser, action).encode()) for key in self._keys)


def _token(key: bytes, browser: str, action: str) -> str:
    return hmac.digest(key, f"{browser} {action}".encode(), "sha256").hex()


def action_of(request: Request) -> str:
    """Where the form of this page is sent: the page itself."""
    query = request.url.query
    return f"{request.url.path}?{query}" if query else request.url.path


def _check_site(request: Request) -> None:
    """What browsers say about who sends the form. Those that say nothing are left to the token."""
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    if site not in (None, "same-origin"):
        raise FormRefused
    if origin is not None and urlsplit(origin).netloc not in _own_hosts(request):
        raise FormRefused


def _own_hosts(request: Request) -> set[str]:
    """The host that the browser speaks to, and the external one, should a proxy have named another."""
    external = urlsplit(runtime_of(request).settings.external_url).netloc
    return {external, request.headers.get("host", external)}
