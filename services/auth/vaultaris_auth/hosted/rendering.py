"""From a page to an answer: template, headers, the form's token."""

from dataclasses import dataclass
from typing import Final

from fastapi import Request
from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.responses import HTMLResponse, RedirectResponse, Response

from vaultaris_auth.hosted.assets import assets
from vaultaris_auth.hosted.forms import TOKEN_FIELD, FormGuard, action_of
from vaultaris_auth.hosted.headers import PAGE, page_headers
from vaultaris_auth.hosted.look import Look
from vaultaris_auth.hosted.views import Page
from vaultaris_kit.http.dependencies import runtime_of

_SEE_OTHER: Final = 303

TEMPLATES: Final = Environment(
    loader=PackageLoader("vaultaris_auth.hosted"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    auto_reload=False,
)


@dataclass(frozen=True, slots=True)
class _FormContext:
    """What a form's template needs."""

    action: str
    token: str
    token_field: str = TOKEN_FIELD


def render(request: Request, look: Look, page: Page, *, status: int = 200) -> Response:
    """The page as an answer. One that holds a form names the browser by a cookie, if it has no name yet."""
    guard = runtime_of(request).get(FormGuard)
    browser, is_new = guard.browser(request)
    action = action_of(request)
    form = _FormContext(action, guard.token(browser, action)) if page.has_form else None
    html = TEMPLATES.get_template(page.template).render(
        page=page, look=look, form=form, t=look.messages.text, assets=assets()
    )
    response = HTMLResponse(html, status, page_headers(look.image_origins, form_action=page.form_action))
    if page.has_form and is_new:
        guard.name_browser(response, browser)
    return response


def see_other(path: str) -> Response:
    """Post/Redirect/Get: on to a page of ours."""
    return RedirectResponse(path, _SEE_OTHER, PAGE)
