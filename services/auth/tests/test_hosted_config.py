"""``hosted-config``, and the files that pages are made of."""

import json
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest

from services.auth.tests.auth_fakes import FakeDirectory
from services.auth.tests.auth_harness import AuthProcess
from vaultaris_auth.hosted.assets import assets

POLICY = {
    "min_length": 12, "max_length": 128, "require_uppercase": False, "require_lowercase": False,
    "require_numbers": True, "require_symbols": False, "max_failed_attempts": 5, "history_count": 0,
}  # fmt: skip
BRANDING = {
    "custom_css": ".vt-card { color: red; position: fixed } @import 'x';",
    "welcome_text": " Hello <b>there</b> ",
    "background_color": "#fff8e1",
    "favicon_url": "javascript:alert(1)",
}


@pytest.fixture(scope="module")
def slug(directory: FakeDirectory) -> Iterator[str]:
    tenant_id = directory.add_tenant(
        slug="branded", name="Branded", logo_url="https://cdn.example/logo.svg", primary_color="#0b6e4f",
        mfa_enabled=True, settings=json.dumps({"branding": BRANDING, "locale": "de", "secret": "internal"}),
        password_policy=json.dumps(POLICY),
    )  # fmt: skip
    yield "branded"
    del directory.tenants[str(tenant_id)]


class TestGetConfig:
    async def _config(self, auth: AuthProcess, slug: str) -> dict[str, Any]:
        answer = await auth.http.get(f"/api/v1/hosted/{slug}/config")
        assert answer.status_code == 200, answer.text
        assert answer.json()["success"] is True
        return dict(answer.json()["data"])

    async def test_has_the_fields_of_the_contract(self, auth: AuthProcess, slug: str) -> None:
        config = await self._config(auth, slug)
        assert UUID(config["tenant"].pop("id"))
        assert config == {
            "tenant": {"name": "Branded", "slug": slug, "display_name": None},
            "branding": {
                "logo_url": "https://cdn.example/logo.svg", "primary_color": "#0b6e4f",
                "background_color": "#fff8e1", "favicon_url": None, "custom_css": ".vt-card { color: red }",
                "welcome_text": "Hello <b>there</b>",
            },
            "auth_methods": {"password": True, "passkey": False, "identity_providers": False, "registration": False},
            "mfa": {"enabled": True, "required": False, "methods": []},
            "identity_providers": [],
            "password_policy": {name: POLICY[name] for name in list(POLICY)[:6]},
            "locale": "de",
        }  # fmt: skip

    @pytest.mark.parametrize("slug", ["nobody", "UPPER", "a" * 300, "%2e%2e", "a%00b", "x;y"])
    async def test_unknown_slugs_are_not_found(self, auth: AuthProcess, slug: str) -> None:
        answer = await auth.http.get(f"/api/v1/hosted/{slug}/config")
        assert answer.status_code in (404, 422), answer.text

    async def test_a_suspended_tenant_is_not_found(self, auth: AuthProcess, directory: FakeDirectory) -> None:
        directory.add_tenant(slug="suspended", status="suspended")
        assert (await auth.http.get("/api/v1/hosted/suspended/config")).status_code == 404


class TestFiles:
    async def test_assets_are_kept_for_a_year(self, auth: AuthProcess) -> None:
        for asset in assets().values():
            answer = await auth.http.get(asset.path)
            assert answer.content == asset.content
            assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
            assert answer.headers["x-content-type-options"] == "nosniff"
            assert answer.headers["content-type"] == asset.media_type

    @pytest.mark.parametrize("name", ["hosted.css", "hosted-0.css", "..%2f..%2fassets.py", "x"])
    async def test_other_names_are_not_found(self, auth: AuthProcess, name: str) -> None:
        assert (await auth.http.get(f"/hosted/assets/{name}")).status_code == 404

    async def test_a_theme_of_another_version_is_not_kept(self, auth: AuthProcess, slug: str) -> None:
        answer = await auth.http.get(f"/hosted/{slug}/theme/0123456789abcdef.css")
        assert answer.status_code == 200
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["content-type"] == "text/css; charset=utf-8"
        assert "--vt-primary: #0b6e4f" in answer.text
        assert "position" not in answer.text.replace("/* line 1: left out, the property position is not allowed */", "")
