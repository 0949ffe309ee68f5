"""Logic without a process: forms, redirect addresses, events, lifetimes."""

import contextlib
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vaultaris_auth.clients.redirect_uris import problem_of
from vaultaris_auth.events import mark_of
from vaultaris_auth.hosted.leaving import place_of
from vaultaris_auth.oauth.client_authentication.client_secret_basic import ClientSecretBasic
from vaultaris_auth.oauth.client_authentication.method import Presented
from vaultaris_auth.oauth.errors import InvalidClient, InvalidRequest, InvalidScope
from vaultaris_auth.oauth.form import parse_form
from vaultaris_auth.oauth.token.check_scope import check_scope
from vaultaris_kit.events import new_event
from vaultaris_kit.ids import MASTER_TENANT_ID, new_id
from vaultaris_kit.principal import SYSTEM

TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), min_size=1, max_size=20)

LONG = [f"{number:0200}" for number in range(21)]


class TestForm:
    @given(st.dictionaries(TEXT, TEXT, max_size=8))
    def test_reads_what_was_encoded(self, form: dict[str, str]) -> None:
        assert parse_form(urlencode(form).encode()) == form

    @given(st.binary(max_size=200))
    def test_anything_else_is_refused_in_oauths_form(self, body: bytes) -> None:
        with contextlib.suppress(InvalidRequest):
            assert all(parse_form(body).values())

    def test_a_parameter_without_value_was_not_sent(self) -> None:
        assert parse_form(b"scope=&a=1") == {"a": "1"}


class TestBasic:
    @given(st.text(max_size=40))
    def test_any_header_is_read_or_refused(self, value: str) -> None:
        with contextlib.suppress(InvalidClient):
            ClientSecretBasic().client_id(Presented({}, f"Basic {value}"))


class TestRedirectUri:
    @pytest.mark.parametrize(
        "uri",
        [
            "https://app.example/cb", "https://app.example:8443/cb?x=1", "http://127.0.0.1/cb", "http://[::1]:5000/cb",
            "http://localhost:3000/", "com.example.app:/cb", "myapp://callback",
        ],
    )  # fmt: skip
    def test_good(self, uri: str) -> None:
        assert problem_of(uri) is None

    @pytest.mark.parametrize(
        "uri",
        [
            "", "/cb", "//app.example/cb", "http://app.example/cb", "https://app.example/cb#x", "https://app.example/#",
            "https:///cb", "https://*.example/cb", "https://user@app.example/cb", "javascript:alert(1)",
            "data:text/html,x",
            "https://app.example\\@evil.example/", "https://app.example/ x", "https://app.example/\n", "https://[::1",
            "http://127.0.0.1.evil.example/", "http://localhost@evil.example/", "https://\u00e4.example/", "file:///etc",
            "https://app.example/" + "x" * 2000, "HTTP://app.example/", "JavaScript:alert(1)",
        ],
    )  # fmt: skip
    def test_bad(self, uri: str) -> None:
        assert problem_of(uri) is not None

    @given(st.text(max_size=60))
    def test_never_fails(self, uri: str) -> None:
        problem_of(uri)


class TestPlace:
    @pytest.mark.parametrize(
        ("uri", "place"),
        [
            ("https://app.example/cb", "app.example"), ("http://127.0.0.1:5000/cb", "127.0.0.1:5000"),
            ("com.example.app:/cb", "com.example.app"), ("myapp://callback", "myapp"),
            ("myapp://bank.example/cb", "myapp"),
        ],
    )  # fmt: skip
    def test_people_are_told_a_host_or_a_scheme(self, uri: str, place: str) -> None:
        """No application's own scheme looks like somebody's site."""
        assert place_of(uri) == place


class TestScope:
    @given(st.sets(st.sampled_from("abcdef")), st.lists(st.sampled_from("abcdef"), min_size=1))
    def test_granted_is_requested_and_allowed(self, allowed: set[str], requested: list[str]) -> None:
        form = {"scope": " ".join(requested)}
        if set(requested) <= allowed:
            granted = check_scope(form, allowed, ["z"])
            assert sorted(granted) == sorted(set(requested))
        else:
            with pytest.raises(InvalidScope):
                check_scope(form, allowed, ["z"])

    @pytest.mark.parametrize("form", [{}, {"scope": " ".join(LONG)}])
    def test_no_more_than_a_token_can_carry(self, form: dict[str, str]) -> None:
        with pytest.raises(InvalidScope):
            check_scope(form, LONG, LONG)
        assert check_scope({}, LONG, LONG[:20]) == LONG[:20]


class TestEvents:
    @pytest.mark.parametrize(
        ("event_type", "new_value", "subject"),
        [
            ("user.deleted", None, "user"),
            ("user.updated", {"status": "suspended"}, "user"),
            ("user.updated", {"status": "active"}, None),
            ("user.updated", {"username": "x"}, None),
            ("tenant.updated", {"status": "suspended"}, "tenant"),
            ("tenant.suspended", None, "tenant"),
            ("tenant.archived", None, "tenant"),
            ("tenant.created", {"status": "active"}, None),
            ("session.revoked", None, "session"),
        ],
    )
    def test_marks(self, event_type: str, new_value: dict[str, str] | None, subject: str | None) -> None:
        event = new_event(SYSTEM, event_type, MASTER_TENANT_ID, resource_type="x", resource_id=new_id(), new=new_value)
        mark = mark_of(event)
        assert (mark.subject if mark else None) == subject
        if mark:
            assert mark.at_ms == int(event.occurred_at.timestamp() * 1000)
