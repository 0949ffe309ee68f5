"""oauth2-proxy, with Go's OpenID Connect, signs people in before an application. `make gotools` builds it."""

import contextlib
import secrets
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest

from tests.e2e.relying_parties.conftest import Register
from tests.e2e.relying_parties.person import Person
from tests.e2e.world import Company, World
from tests.eventually import eventually
from tests.tools import program, tool
from vaultaris_stack.ports import LOOPBACK, free_port

REFRESH_SECONDS = 1


@pytest.fixture
async def proxy(world: World, register: Register, tmp_path: Path) -> AsyncIterator[str]:
    """Its address. What it protects answers "Authenticated"."""
    port = free_port()
    url = f"http://{LOOPBACK}:{port}"
    client_id, secret = await register(f"{url}/oauth2/callback", post_logout_redirect_uris=[f"{url}/ping"])
    flags = (
        "--provider=oidc", f"--oidc-issuer-url={world.url}", f"--http-address={LOOPBACK}:{port}",
        f"--client-id={client_id}", f"--client-secret={secret}", f"--redirect-url={url}/oauth2/callback",
        "--code-challenge-method=S256", "--scope=openid profile email offline_access", "--email-domain=*",
        "--insecure-oidc-allow-unverified-email", f"--cookie-secret={secrets.token_hex(16)}", "--cookie-secure=false",
        f"--cookie-refresh={REFRESH_SECONDS}s", "--skip-provider-button", "--upstream=static://200",
        f"--backend-logout-url={world.url}/oauth/logout?id_token_hint={{id_token}}",
    )  # fmt: skip
    async with program(tool("oauth2-proxy", "make gotools"), flags, tmp_path / "proxy.log"):
        await eventually(lambda: _is_up(url), bool)
        yield url


async def _is_up(url: str) -> bool:
    async with httpx.AsyncClient() as http:
        with contextlib.suppress(httpx.TransportError):
            return (await http.get(f"{url}/ping")).status_code == 200
    return False


class TestOauth2Proxy:
    async def test_sign_in(self, company: Company, person: Person, proxy: str) -> None:
        assert (await person.open(f"{proxy}/")).text == "Authenticated"
        assert [page.rpartition("/")[2] for page in person.pages][:2] == ["sign-in", "consent"]
        told = (await person.http.get(f"{proxy}/oauth2/userinfo")).json()
        assert (told["preferredUsername"], told["email"]) == (person.username, f"{person.username}@company.test")

    async def test_refreshes_until_the_session_is_revoked(self, company: Company, person: Person, proxy: str) -> None:
        await person.open(f"{proxy}/")
        before = await _session_at(person, proxy)
        await eventually(lambda: _session_at(person, proxy), lambda seen: seen != before)
        sessions = (await company.admin.get(f"{company.path}/sessions", per_page=100))["data"]
        for session in sessions:
            if session["client_id"] not in ("vaultaris-console", company.client_id):
                await company.admin.delete(f"{company.path}/sessions/{session['id']}")
        await eventually(lambda: _status(person, proxy), lambda seen: seen != 200)

    async def test_sign_out(self, person: Person, proxy: str) -> None:
        await person.open(f"{proxy}/")
        await person.http.get(f"{proxy}/oauth2/sign_out?rd={quote('/ping')}")
        person.pages.clear()
        await person.open(f"{proxy}/")
        assert person.pages[0].endswith("/sign-in")


async def _session_at(person: Person, proxy: str) -> str:
    """What it keeps of the person, sealed; changes when it has got new tokens."""
    assert (await person.http.get(f"{proxy}/")).text == "Authenticated"
    return person.http.cookies["_oauth2_proxy"]


async def _status(person: Person, proxy: str) -> int:
    return (await person.http.get(f"{proxy}/")).status_code
