"""What the person sees when there is no verified address to go back to."""

from starlette.requests import Request
from starlette.responses import Response

from vaultaris_auth.hosted.refusals import refusal_page
from vaultaris_auth.oauth.endpoint import as_oauth, refused
from vaultaris_auth.oauth.errors import OAuthError
from vaultaris_kit.http.middleware import refuse_with


def error_page(request: Request, error: OAuthError) -> Response:
    """A page for people, JSON for programs."""
    if "text/html" not in request.headers.get("accept", ""):
        return refused(error)
    return refusal_page(request, error)


def refuse_with_page(request: Request) -> None:
    """Has the end of the request's time, and faults, answered like its refusals."""
    refuse_with(request, lambda refusal: error_page(request, as_oauth(refusal)))
