"""Leaving for the client: the last page, which goes on by itself.

A redirect would be shorter, but browsers may hold a redirect that follows a form against the form's page
(``form-action``), and the client's own redirects too. A page that refreshes to elsewhere begins a new navigation, works
without scripts, and leaves nothing in the history.
"""

from urllib.parse import urlsplit

from fastapi import Request
from starlette.responses import Response

from vaultaris_auth.authorization_requests.response import AuthorizationResponse
from vaultaris_auth.hosted.look import Look
from vaultaris_auth.hosted.rendering import render
from vaultaris_auth.hosted.views import FormPostPage, LeavingPage


def leave(request: Request, look: Look, answer: AuthorizationResponse) -> Response:
    """Sends the browser to the client with ``answer``."""
    place = place_of(answer.redirect_uri)
    if answer.mode == "form_post":
        return render(request, look, FormPostPage(answer.location, place, answer.parameters))
    return render(request, look, LeavingPage(answer.location, place))


def place_of(uri: str) -> str:
    """How a redirect URI is told to people: its host, or the scheme of an application (RFC 8252 section 7.1).

    What follows an application's own scheme is no host, whatever it looks like.
    """
    parts = urlsplit(uri)
    return parts.netloc.rpartition("@")[2] if parts.scheme in ("http", "https") else parts.scheme
