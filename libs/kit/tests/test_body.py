"""JSON bodies: malformed is 400, well-formed with impossible characters is 422, and nothing is slow."""

import time

import pytest

from vaultaris_kit.errors import BadRequest, Invalid
from vaultaris_kit.http.body import parse_json


class TestParseJson:
    def test_plain(self) -> None:
        assert parse_json(b'{"a": [1, "\xc3\xa4", null]}') == {"a": [1, "ä", None]}

    @pytest.mark.parametrize("body", [b"{", b"", b"{'a': 1}", b'{"a": NaN}', b'"\x00"', b'{"a": 1}x', b"\xff"])
    def test_malformed(self, body: bytes) -> None:
        with pytest.raises(BadRequest):
            parse_json(body)

    @pytest.mark.parametrize(
        "body", [rb'"\u0000"', rb'{"a": ["x\u0000y"]}', rb'{"\u0000": 1}', rb'"\ud800"', rb'{"a": "\udc00x"}']
    )
    def test_impossible_characters(self, body: bytes) -> None:
        with pytest.raises(Invalid):
            parse_json(body)

    def test_escaped_backslash_before_u0000_is_text(self) -> None:
        assert parse_json(rb'"\\u0000"') == r"\u0000"

    def test_surrogate_pair_is_text(self) -> None:
        assert parse_json(rb'"\ud83d\ude00"') == "😀"

    def test_brackets_in_strings_are_text(self) -> None:
        assert parse_json(b'"' + b"[" * 1000 + b'"') == "[" * 1000

    def test_depth(self) -> None:
        started = time.monotonic()
        with pytest.raises(Invalid):
            parse_json(b"[" * 500_000 + b"]" * 500_000)
        assert time.monotonic() - started < 5
