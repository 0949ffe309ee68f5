"""What the person sees when there is no verified address to go back to."""

from html import escape

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from vaultaris_auth.hosted.refusals import refusal_page
from vaultaris_auth.oauth.endpoint import raw
from vaultaris_auth.oauth.errors import OAuthError

_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
_PAGE = """<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{title}</title></head>
<body><main><h1>{title}</h1><p>{message}</p></main></body>
</html>
"""


def plain_page(title: str, message: str) -> Response:
    """A page for people who belong to no tenant that we know of."""
    page = _PAGE.format(title=escape(title), message=escape(message))
    return HTMLResponse(page, headers=_HEADERS)


def error_page(request: Request, error: OAuthError) -> Response:
    """A page for people, JSON for programs."""
    if "text/html" not in request.headers.get("accept", ""):
        return raw(error.body(), error.status, error.headers)
    return refusal_page(request, error)
