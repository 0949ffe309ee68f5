"""What the person sees when there is no verified address to go back to."""

from starlette.requests import Request
from starlette.responses import Response

from vaultaris_auth.hosted.refusals import refusal_page
from vaultaris_auth.oauth.endpoint import raw
from vaultaris_auth.oauth.errors import OAuthError


def error_page(request: Request, error: OAuthError) -> Response:
    """A page for people, JSON for programs."""
    if "text/html" not in request.headers.get("accept", ""):
        return raw(error.body(), error.status, error.headers)
    return refusal_page(request, error)
