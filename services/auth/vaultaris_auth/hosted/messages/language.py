"""Which language a page speaks."""

from collections.abc import Iterable

from babel import negotiate_locale

from vaultaris_auth.hosted.messages.catalogue import DEFAULT, Messages, catalogues

_MAX_CHARS = 500
_MAX_TAGS = 20


def choose_messages(ui_locales: str | None, tenant_locale: object, accept_language: str | None) -> Messages:
    """The first language that we speak of: what the request asks for, what the tenant set, what the browser prefers.

    ``ui_locales`` is a space-separated list of BCP 47 tags (OpenID Connect Core section 3.1.2.1);
    ``accept_language`` the header (RFC 9110 section 12.5.4). A tag finds its base language too: ``de-AT`` is ``de``.
    """
    wishes = (
        (ui_locales or "")[:_MAX_CHARS].split()[:_MAX_TAGS],
        [tenant_locale] if isinstance(tenant_locale, str) else [],
        _by_quality(accept_language or ""),
    )
    for wish in wishes:
        if found := _negotiate(wish):
            return catalogues()[found]
    return catalogues()[DEFAULT]


def _negotiate(wish: Iterable[str]) -> str | None:
    tags = [tag.replace("_", "-") for tag in wish]
    return negotiate_locale(tags, list(catalogues()), sep="-", aliases={})


def _by_quality(header: str) -> list[str]:
    """The tags of an Accept-Language header, best first; those of quality 0 are not acceptable."""
    rated = []
    for entry in header[:_MAX_CHARS].split(",")[:_MAX_TAGS]:
        tag, _, parameter = entry.strip().partition(";")
        rated.append((_quality(parameter.strip()), tag.strip()))
    return [tag for quality, tag in sorted(rated, key=lambda each: -each[0]) if quality > 0]


def _quality(parameter: str) -> float:
    name, _, value = parameter.partition("=")
    if name.strip() != "q":
        return 1.0
    try:
        return min(max(float(value), 0.0), 1.0)
    except ValueError:
        return 0.0
