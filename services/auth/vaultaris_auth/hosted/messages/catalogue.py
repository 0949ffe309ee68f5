"""Message catalogues: read once at start, one object per language."""

import gettext
import io
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import cache
from importlib.resources import files
from typing import Final

from babel import Locale
from babel.dates import format_timedelta
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from markupsafe import Markup, escape

from vaultaris_kit.ids import now

DEFAULT: Final = "en"
_A_SECOND_AGO: Final = timedelta(seconds=-1)


class Messages:
    """The words of one language."""

    def __init__(self, catalog: Catalog, fallback: "Messages | None" = None) -> None:
        locale = catalog.locale
        if locale is None:
            raise ValueError("a catalogue names its language in its header")
        compiled = io.BytesIO()
        write_mo(compiled, catalog, use_fuzzy=False)
        compiled.seek(0)
        self._translations = gettext.GNUTranslations(compiled)
        if fallback is not None:
            self._translations.add_fallback(fallback._translations)
        self._locale = locale
        self.language = str(locale).replace("_", "-")
        """BCP 47 tag, for the ``lang`` attribute."""
        self.direction = locale.text_direction
        """``ltr`` or ``rtl``, for the ``dir`` attribute."""
        self.name = locale.get_display_name(locale) or self.language
        """What speakers call it."""

    def text(self, key: str, /, **values: object) -> Markup:
        """The message as HTML; it and its values are escaped, unless a value is markup already."""
        message = escape(self._translations.gettext(key))
        return message % values if values else message

    def ago(self, moment: datetime) -> str:
        """How long ago something was, such as *2 minutes ago*: no time zone is needed to understand it."""
        return format_timedelta(min(moment - now(), _A_SECOND_AGO), add_direction=True, locale=self._locale)


@cache
def catalogues() -> Mapping[str, Messages]:
    """Every language by its tag, the default first; a file in ``locales`` is all that a language needs."""
    found: dict[str, Messages] = {DEFAULT: Messages(read_catalogue(DEFAULT))}
    for language in languages():
        if language != DEFAULT:
            messages = Messages(read_catalogue(language), found[DEFAULT])
            found[messages.language] = messages
    return found


def languages() -> list[str]:
    """The languages that have a catalogue."""
    names = (entry.name for entry in files(__package__).joinpath("locales").iterdir())
    return sorted(name.removesuffix(".po") for name in names if name.endswith(".po"))


def read_catalogue(language: str) -> Catalog:
    """The catalogue as written."""
    source = files(__package__).joinpath("locales", f"{language}.po").read_bytes()
    return read_po(
        io.BytesIO(source), locale=Locale.parse(language, sep="-" if "-" in language else "_"), abort_invalid=True
    )
