"""What forms are answered with: a redirect, and on the page that follows, what there is to say."""

from collections.abc import Callable

from fastapi import Request
from starlette.responses import Response

from vaultaris_auth.hosted.forms import FormGuard, FormRefused, action_of
from vaultaris_auth.hosted.look import Look
from vaultaris_auth.hosted.notices import Notice, Notices
from vaultaris_auth.hosted.rendering import render, see_other
from vaultaris_auth.hosted.views import Page
from vaultaris_auth.oauth.form import Form
from vaultaris_kit.http.dependencies import runtime_of

_MAX_TYPED_CHARS = 320


async def read_form(request: Request) -> Form | None:
    """The form, if it can be trusted to be meant; None when the page has to be shown once more.

    Raises :class:`FormRefused` when that would lead nowhere: a browser that keeps no cookies.
    """
    try:
        return await runtime_of(request).get(FormGuard).read(request)
    except FormRefused:
        if not request.cookies:
            raise
        return None


def ask_again(request: Request, error: str, typed: str = "", *, page: str | None = None) -> Response:
    """Back to the page of the form, or to ``page``. ``error`` is a key; ``typed`` is given back into the form."""
    page = page or action_of(request)
    response = see_other(page)
    runtime_of(request).get(Notices).keep(response, Notice(page, error, typed[:_MAX_TYPED_CHARS]))
    return response


def ask(request: Request, look: Look, page_of: Callable[[Notice | None], Page]) -> Response:
    """The page, with what :func:`ask_again` left for it; that is shown once."""
    notices = runtime_of(request).get(Notices)
    notice = notices.take(request, action_of(request))
    response = render(request, look, page_of(notice))
    if notice:
        notices.clear(response)
    return response
