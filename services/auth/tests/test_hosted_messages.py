"""Catalogues: complete in every language, and the only place where words stand."""

import re
import string
from html.parser import HTMLParser
from importlib.resources import files

import pytest

from vaultaris_auth.hosted.messages.catalogue import DEFAULT, catalogues, languages, read_catalogue
from vaultaris_auth.hosted.messages.language import choose_messages

PACKAGE = files("vaultaris_auth.hosted")
_PLACEHOLDER = re.compile(r"%\((\w+)\)s")
_KEY = re.compile(r"""["']((?:[a-z_]+\.)+[a-z_]+)["']""")
_GROUPS = ("sign_in.error.", "consent.error.", "device.error.", "scope.", "error.")


def _entries(language: str) -> dict[str, str]:
    return {str(message.id): str(message.string) for message in read_catalogue(language) if message.id}


def _sources() -> dict[str, str]:
    templates = {entry.name: entry.read_text("utf-8") for entry in PACKAGE.joinpath("templates").iterdir()}
    code = {entry.name: entry.read_text("utf-8") for entry in PACKAGE.iterdir() if entry.name.endswith(".py")}
    return templates | code


class TestCatalogues:
    def test_english_and_german_are_there(self) -> None:
        assert set(catalogues()) >= {"en", "de"}

    @pytest.mark.parametrize("language", languages())
    def test_every_message_is_translated_with_the_same_placeholders(self, language: str) -> None:
        english, other = _entries(DEFAULT), _entries(language)
        assert set(other) == set(english)
        for key, text in other.items():
            assert text.strip(), key
            assert set(_PLACEHOLDER.findall(text)) == set(_PLACEHOLDER.findall(english[key])), key
            text.replace("%%", "") % dict.fromkeys(_PLACEHOLDER.findall(text), "x")

    def test_every_key_in_use_is_there_and_every_message_is_used(self) -> None:
        known, text = set(_entries(DEFAULT)), "".join(_sources().values())
        named = set(_KEY.findall(text)) | set(re.findall(r"""(?:Message|message)\w*\(\s*["']([a-z_.]+)["']""", text))
        unused = {key for key in known if not ({key, key.rpartition(".")[0]} & named or key.startswith(_GROUPS))}
        assert unused == set()
        for name in re.findall(r"""\bt\(\s*["']([a-z_.]+)["']\s*[,)]""", text):
            assert name in known
        for group in re.findall(r"""MessagePage\(\s*["']([a-z_.]+)["']""", text):
            assert {f"{group}.title", f"{group}.text"} <= known

    def test_values_are_escaped(self) -> None:
        told = catalogues()["en"].text("leaving.lead", place="<b>evil</b>")
        assert str(told) == "Taking you to &lt;b&gt;evil&lt;/b&gt;."

    def test_a_language_says_how_it_is_called(self) -> None:
        german = catalogues()["de"]
        assert (german.language, german.direction, german.name) == ("de", "ltr", "Deutsch")


class _Text(HTMLParser):
    """Collects what people would read or hear."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_data(self, data: str) -> None:
        self.found.append(data)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        read = ("alt", "title", "placeholder", "aria-label", "aria-description", "data-show", "data-hide")
        self.found += [value or "" for name, value in attrs if name in read]


class TestTemplates:
    @pytest.mark.parametrize("name", sorted(entry.name for entry in PACKAGE.joinpath("templates").iterdir()))
    def test_no_words_stand_in_a_template(self, name: str) -> None:
        source = PACKAGE.joinpath("templates", name).read_text("utf-8")
        bare = re.sub(r"\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\}", "", source, flags=re.DOTALL)
        parser = _Text()
        parser.feed(bare)
        assert not any(char in string.ascii_letters for text in parser.found for char in text), parser.found

    def test_nothing_is_inline(self) -> None:
        for name, source in _sources().items():
            if name.endswith(".html"):
                assert not re.search(r"<style|\sstyle=|\son[a-z]+=|<script(?![^>]*\ssrc=)|\|\s*safe", source), name


class TestLanguage:
    @pytest.mark.parametrize(
        ("ui_locales", "tenant", "header", "language"),
        [
            ("de", "en", "en", "de"),
            ("fr-CA de-AT en", "en", "en", "de"),
            ("fr", "de", "en", "de"),
            (None, "de-CH", "en", "de"),
            (None, "fr", "de-DE,de;q=0.9,en;q=0.8", "de"),
            (None, None, "en;q=0.1, de;q=0.2", "de"),
            (None, None, "de;q=0, en;q=0.1", "en"),
            (None, None, "fr, *;q=0.5", "en"),
            (None, None, "de;q=x", "en"),
            (None, 7, None, "en"),
            ("../../etc/passwd %s", "\x00", ",;,;q", "en"),
            ("x" * 10_000, None, "y," * 10_000, "en"),
        ],
    )
    def test_asks_the_request_then_the_tenant_then_the_browser(
        self, ui_locales: str | None, tenant: object, header: str | None, language: str
    ) -> None:
        assert choose_messages(ui_locales, tenant, header).language == language
