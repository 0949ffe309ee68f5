"""Who a page speaks for, and in which language: what every template needs beside its own page."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from fastapi import Request

from vaultaris.directory.v1.directory_pb2 import Tenant
from vaultaris_auth.hosted.branding.theme import branding_of, settings_of
from vaultaris_auth.hosted.messages.catalogue import Messages, catalogues
from vaultaris_auth.hosted.messages.language import choose_messages

LANGUAGE_PARAMETER = "ui_locales"


@dataclass(frozen=True, slots=True)
class Language:
    """An entry of the language menu."""

    tag: str
    name: str
    href: str


@dataclass(frozen=True, slots=True)
class Look:
    """The tenant's face on a page; without a tenant, the product's plain one."""

    messages: Messages
    languages: Sequence[Language]
    name: str = ""
    logo_url: str | None = None
    favicon_url: str | None = None
    welcome_text: str | None = None
    theme_path: str | None = None
    image_origins: frozenset[str] = frozenset()


def plain_look(request: Request) -> Look:
    """For pages of no tenant."""
    return Look(_messages(request, None, None), _languages(request))


def tenant_look(request: Request, tenant: Tenant, *, ui_locales: str | None = None) -> Look:
    """The tenant's branding. ``ui_locales`` is the waiting request's wish; one in the page's address goes first."""
    branding = branding_of(tenant)
    return Look(
        messages=_messages(request, ui_locales, settings_of(tenant).get("locale")),
        languages=_languages(request),
        name=tenant.display_name or tenant.name,
        logo_url=branding.logo_url,
        favicon_url=branding.favicon_url,
        welcome_text=branding.welcome_text,
        theme_path=f"/hosted/{tenant.slug}/theme/{branding.version}.css",
        image_origins=branding.image_origins,
    )


def _messages(request: Request, ui_locales: str | None, tenant_locale: object) -> Messages:
    wish = request.query_params.get(LANGUAGE_PARAMETER) or ui_locales
    return choose_messages(wish, tenant_locale, request.headers.get("accept-language"))


def _languages(request: Request) -> list[Language]:
    """The same page in every language; none for what answers a form, which an address would not bring back."""
    if request.method == "POST":
        return []
    others = [(name, value) for name, value in request.query_params.multi_items() if name != LANGUAGE_PARAMETER]
    return [
        Language(tag, messages.name, f"{request.url.path}?{urlencode([*others, (LANGUAGE_PARAMETER, tag)])}")
        for tag, messages in catalogues().items()
    ]
