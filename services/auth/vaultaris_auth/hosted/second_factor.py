"""Where a second factor will be asked for. Until it can be, the person is told so."""

from fastapi import Request
from starlette.responses import Response

from vaultaris_auth.hosted.rendering import render
from vaultaris_auth.hosted.sign_in import other_account_path
from vaultaris_auth.hosted.views import Action, MessagePage
from vaultaris_auth.hosted.waiting import open_request


async def show_second_factor(request: Request) -> Response:
    """Says that the account needs more than a password."""
    opened = await open_request(request)
    again = Action(other_account_path(request), "sign_in.other_account")
    return render(request, opened.look, MessagePage("mfa_required", "lock", action=again))
