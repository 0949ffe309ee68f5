"""A tenant's branding as it is served: what it chose, checked, and the stylesheet that comes of it."""

import hashlib
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final
from urllib.parse import urlsplit

import msgspec

from vaultaris.directory.v1.directory_pb2 import Tenant
from vaultaris_auth.hosted.branding.colours import (
    SHAPE_RATIO,
    Colour,
    contrast,
    legible,
    parse_colour,
    readable_on,
)
from vaultaris_auth.hosted.branding.custom_css import MAX_CHARS, SafeCss, make_safe

MAX_WELCOME_CHARS = 500
_MAX_URL_CHARS = 2048
_THEMES = 256
_DARK_ENOUGH = 7.0
_HOVER = 0.12
_HOST = re.compile(r"[A-Za-z0-9.-]+|\[[0-9a-fA-F:.]+\]")

DEFAULT_PRIMARY: Final = Colour(0x2F / 255, 0x4B / 255, 0xC7 / 255)


@dataclass(frozen=True, slots=True)
class Scheme:
    """Colours of the light or the dark scheme, as in ``hosted.css``. ``quiet`` is text on the page that may recede."""

    page: Colour
    surface: Colour
    quiet: Colour


def _grey(text: str) -> Colour:
    colour = parse_colour(text)
    assert colour is not None
    return colour


LIGHT: Final = Scheme(_grey("#f3f4f7"), _grey("#ffffff"), _grey("#525968"))
DARK: Final = Scheme(_grey("#0d0f14"), _grey("#171a21"), _grey("#a6adbb"))


@dataclass(frozen=True, slots=True)
class Branding:
    """What a tenant chose, as far as it holds. ``custom_css`` is the safe part, ``version`` names ``stylesheet``."""

    logo_url: str | None
    favicon_url: str | None
    primary_color: str | None
    background_color: str | None
    welcome_text: str | None
    custom_css: str | None
    stylesheet: str
    version: str

    @property
    def image_origins(self) -> frozenset[str]:
        """Where images may come from."""
        return frozenset(origin_of(url) for url in (self.logo_url, self.favicon_url) if url)


def branding_of(tenant: Tenant) -> Branding:
    """The branding of a tenant, from memory when nothing changed."""
    return _branding(tenant.logo_url, tenant.primary_color, tenant.settings)


def settings_of(tenant: Tenant) -> dict[str, Any]:
    """The tenant's free settings."""
    found = msgspec.json.decode(tenant.settings or "{}")
    return found if isinstance(found, dict) else {}


def origin_of(url: str) -> str:
    """Scheme, host and port of a URL that was checked."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


@lru_cache(_THEMES)
def _branding(logo_url: str, primary_color: str, settings: str) -> Branding:
    chosen = (msgspec.json.decode(settings or "{}") or {}).get("branding")
    chosen = chosen if isinstance(chosen, dict) else {}
    primary, background = parse_colour(primary_color), parse_colour(chosen.get("background_color"))
    css = make_safe(chosen["custom_css"]) if isinstance(chosen.get("custom_css"), str) else SafeCss()
    stylesheet = _stylesheet(primary or DEFAULT_PRIMARY, background, css)
    return Branding(
        logo_url=image_url(logo_url),
        favicon_url=image_url(chosen.get("favicon_url")),
        primary_color=primary_color if primary else None,
        background_color=chosen["background_color"] if background else None,
        welcome_text=_text(chosen.get("welcome_text")),
        custom_css=css.text or None,
        stylesheet=stylesheet,
        version=hashlib.sha256(stylesheet.encode()).hexdigest()[:16],
    )


def image_url(url: object) -> str | None:
    """An https address without credentials, whose origin can stand in a Content-Security-Policy; else None."""
    if not isinstance(url, str) or not 0 < len(url) <= _MAX_URL_CHARS or any(char <= " " for char in url):
        return None
    try:
        parts = urlsplit(url)
        host, port = parts.netloc, parts.port
    except ValueError:
        return None
    named = host.removesuffix(f":{port}") if port is not None else host
    return url if parts.scheme == "https" and _HOST.fullmatch(named) else None


def _text(value: object) -> str | None:
    """A welcome text; cut, never refused."""
    return value.strip()[:MAX_WELCOME_CHARS] or None if isinstance(value, str) else None


def _stylesheet(primary: Colour, background: Colour | None, css: SafeCss) -> str:
    """Variables for both schemes, and the tenant's own rules in the layer that yields to the product's protections.

    Those rules match nothing that is protected or lies within; a browser that does not know ``@scope`` shows none.
    """
    lines = [
        *(f"/* line {line}: left out, {reason.replace('*/', '')} */" for line, reason in css.dropped[:20]),
        "@layer product, tenant;",
        "@layer tenant {",
        _variables(":root", _scheme(LIGHT, primary, background)),
        f"@media (prefers-color-scheme: dark) {{ {_variables(':root', _scheme(DARK, primary, _dark(background)))} }}",
        *(["@scope (:root) to (.vt-protected) {", css.text, "}"] if css.text else []),
        "}",
    ]
    return "\n".join(line for line in lines if line) + "\n"


def _dark(background: Colour | None) -> Colour | None:
    """A light background is for the light scheme alone."""
    return background if background and contrast(background, Colour(1, 1, 1)) >= _DARK_ENOUGH else None


def _scheme(scheme: Scheme, primary: Colour, background: Colour | None) -> dict[str, Colour]:
    page = background or scheme.page
    on_primary = readable_on(primary)
    return {
        "page": page,
        "on-page": readable_on(background) if background else scheme.quiet,
        "primary": primary,
        "primary-hover": primary.mixed(Colour(*(1 - channel for channel in on_primary)), _HOVER),
        "on-primary": on_primary,
        "primary-edge": legible(primary, scheme.surface, SHAPE_RATIO),
        "accent": legible(primary, scheme.surface),
    }


def _variables(selector: str, colours: dict[str, Colour]) -> str:
    body = " ".join(f"--vt-{name}: {colour};" for name, colour in colours.items())
    return f"{selector} {{ {body} }}"


__all__ = ["DARK", "LIGHT", "MAX_CHARS", "Branding", "branding_of", "image_url", "origin_of", "settings_of"]
