"""The headers of hosted pages: what a page may load, where it may send forms, who may keep or frame it."""

from collections.abc import Iterable
from typing import Final

PAGE: Final = {
    "Cache-Control": "no-store",
    # Not "no-referrer": with that, browsers send "Origin: null" with our own forms.
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "X-Robots-Tag": "noindex, nofollow",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
}
"""On every page. No Cross-Origin-Opener-Policy: applications open sign-in in a pop-up and wait for it to come back."""

STATIC: Final = {
    "Cache-Control": "public, max-age=31536000, immutable",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
}
"""On files whose name carries their content."""


def page_headers(image_origins: Iterable[str] = (), *, form_action: str | None = "'self'") -> dict[str, str]:
    """Headers of a page that shows images from ``image_origins``.

    Browsers disagree on whether ``form-action`` covers redirects that follow a form; Chromium says that it does. It
    can be ``'self'`` because no form of ours is answered with a redirect to elsewhere: see :mod:`leaving`.
    """
    directives = [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        " ".join(["img-src 'self'", *sorted(image_origins)]),
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types 'none'",
    ]
    if form_action is not None:
        directives.append(f"form-action {form_action}")
    return {**PAGE, "Content-Security-Policy": "; ".join(directives)}
