"""The authorization response: how a code or an error travels back to the client.

OAuth 2.0 Multiple Response Type Encoding Practices, and Form Post Response Mode; ``iss`` per RFC 9207.
"""

from dataclasses import dataclass
from html import escape
from urllib.parse import urlencode

from starlette.responses import HTMLResponse, RedirectResponse, Response

from vaultaris_auth.authorization_requests.parameters import Parameters, ResponseMode
from vaultaris_auth.oauth.errors import OAuthError

FORM_POST_SCRIPT = "/oauth/authorize/form_post.js"
_HEADERS = {"Cache-Control": "no-store", "Pragma": "no-cache", "Referrer-Policy": "no-referrer"}
_FORM_HEADERS = _HEADERS | {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
}
_FORM = """<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>One moment</title><script src="{script}" defer></script></head>
<body>
<form method="post" action="{action}">
{fields}
<p>One moment: you are being taken back.</p>
<button type="submit">Continue</button>
</form>
</body>
</html>
"""


@dataclass(frozen=True, slots=True)
class AuthorizationResponse:
    """``redirect_uri`` was verified against the client's registration before this was made."""

    redirect_uri: str
    mode: ResponseMode
    parameters: dict[str, str]

    @property
    def location(self) -> str:
        """The address that carries the response; of a form post, the address alone, which must be posted to."""
        if self.mode == "form_post":
            return self.redirect_uri
        encoded = urlencode(self.parameters)
        if self.mode == "fragment":
            return f"{self.redirect_uri}#{encoded}"
        return f"{self.redirect_uri}{'&' if '?' in self.redirect_uri else '?'}{encoded}"

    def render(self, status: int = 303) -> Response:
        """A redirect or, for ``form_post``, a page that posts itself. 303 turns a form's POST into a GET."""
        if self.mode == "form_post":
            return HTMLResponse(self._page(), headers=_FORM_HEADERS)
        return RedirectResponse(self.location, status, headers=_HEADERS)

    def _page(self) -> str:
        fields = "\n".join(
            f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">'
            for name, value in self.parameters.items()
        )
        return _FORM.format(script=FORM_POST_SCRIPT, action=escape(self.redirect_uri), fields=fields)


def code_response(asked: Parameters, issuer: str, code: str) -> AuthorizationResponse:
    """Success (RFC 6749 section 4.1.2)."""
    return _response(asked, issuer, {"code": code})


def error_response(asked: Parameters, issuer: str, error: OAuthError) -> AuthorizationResponse:
    """Refusal, told to the client (RFC 6749 section 4.1.2.1)."""
    return _response(asked, issuer, {"error": error.code, "error_description": error.message})


def _response(asked: Parameters, issuer: str, told: dict[str, str]) -> AuthorizationResponse:
    state = {"state": asked.state} if asked.state is not None else {}
    return AuthorizationResponse(asked.redirect_uri, asked.response_mode, {**told, **state, "iss": issuer})
