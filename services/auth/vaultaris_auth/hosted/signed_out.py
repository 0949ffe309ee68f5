"""The pages that say whether somebody is still signed in."""

from fastapi import Request
from starlette.responses import Response

from vaultaris_auth.browser_sessions.operations import find_browser_session
from vaultaris_auth.hosted.look import Look
from vaultaris_auth.hosted.rendering import render
from vaultaris_auth.hosted.tenant_page import open_tenant
from vaultaris_auth.hosted.views import MessagePage
from vaultaris_kit.http.dependencies import runtime_of


def signed_out_page(request: Request, look: Look) -> Response:
    """Nobody is signed in with this browser."""
    return render(request, look, MessagePage("signed_out", "done"))


async def show_signed_out(request: Request) -> Response:
    """Tells how things are, whatever led here."""
    tenant = await open_tenant(request)
    if await find_browser_session(runtime_of(request), request, tenant) is None:
        return signed_out_page(request, request.state.look)
    return render(request, request.state.look, MessagePage("signed_in", "lock"))
