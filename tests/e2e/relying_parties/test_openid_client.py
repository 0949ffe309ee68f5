"""The certified npm library ``openid-client``, in a node process of its own."""

import asyncio
import contextlib
import json
import shutil
import subprocess
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest

from tests.e2e.relying_parties.conftest import Register
from tests.e2e.relying_parties.person import Person
from tests.e2e.world import Company, World

REDIRECT = "http://127.0.0.1:7/callback"
GOODBYE = "http://127.0.0.1:7/goodbye"
SOURCE = Path(__file__).parent / "openid_client"


@pytest.fixture(scope="session")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The script beside its pinned dependencies, whose integrity npm checks against the lock file."""
    if shutil.which("npm") is None:
        pytest.skip("openid-client needs node and npm")
    folder = tmp_path_factory.mktemp("openid_client")
    shutil.copytree(SOURCE, folder, dirs_exist_ok=True)
    done = subprocess.run(
        ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline"],
        cwd=folder, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode != 0:
        pytest.skip(f"npm could not install openid-client: {done.stderr[-300:]}")
    return folder


@dataclass
class RelyingParty:
    """The process behind a pipe."""

    process: asyncio.subprocess.Process

    async def do(self, command: str, **parameters: Any) -> dict[str, Any]:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps({"command": command, **parameters}).encode() + b"\n")
        line = await asyncio.wait_for(self.process.stdout.readline(), 30)
        answer: dict[str, Any] = json.loads(line)
        return answer

    async def arrive(self, person: Person, **parameters: Any) -> dict[str, Any]:
        """Through the pages and back, with the code redeemed."""
        address = await self.do("authorize", **parameters)
        assert "url" in address, address
        arrived = await person.go(address["url"], REDIRECT)
        form = dict(parse_qsl(arrived.content.decode())) if arrived.method == "POST" else None
        return await self.do("callback", url=str(arrived.url), form=form)


@contextlib.asynccontextmanager
async def relying_party(installed: Path, *arguments: str) -> AsyncIterator[RelyingParty]:
    process = await asyncio.create_subprocess_exec(
        "node", "relying_party.mjs", *arguments, cwd=installed,
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        yield RelyingParty(process)
    finally:
        process.terminate()
        await process.wait()


class TestOpenidClient:
    async def test_everything_it_does(
        self, world: World, company: Company, person: Person, register: Register, installed: Path
    ) -> None:
        client_id, secret = await register(REDIRECT, post_logout_redirect_uris=[GOODBYE])
        async with relying_party(installed, world.url, client_id, secret, REDIRECT) as party:
            signed_in = await party.arrive(person)
            assert signed_in["claims"]["aud"] == client_id, signed_in
            assert (await party.do("userinfo"))["preferred_username"] == person.username
            assert (await party.do("refresh"))["scope"] == "openid profile email"
            assert (await party.do("introspect"))["active"] is True
            address = await party.do("logout", post_logout_redirect_uri=GOODBYE)
            arrived = await person.go(address["url"], GOODBYE)
            assert dict(parse_qsl(arrived.url.query.decode())) == {"state": address["state"]}
            assert (await party.do("introspect"))["active"] is False
            assert (await party.do("refresh"))["error"] == "invalid_grant"

    @pytest.mark.parametrize("mode", ["query", "form_post"])
    async def test_public_client_and_response_modes(
        self, world: World, person: Person, register: Register, installed: Path, mode: str
    ) -> None:
        client_id, _ = await register(REDIRECT, is_public=True, require_consent=False)
        async with relying_party(installed, world.url, client_id, "", REDIRECT) as party:
            signed_in = await party.arrive(person, response_mode=mode, max_age="300")
            assert signed_in["claims"]["aud"] == client_id, signed_in
            assert (await party.do("revoke")) == {}
            assert (await party.do("refresh"))["error"] == "invalid_grant"

    async def test_pushed_request(self, world: World, person: Person, register: Register, installed: Path) -> None:
        client_id, secret = await register(REDIRECT, require_pushed_authorization_requests=True, require_consent=False)
        async with relying_party(installed, world.url, client_id, secret, REDIRECT) as party:
            assert "claims" in await party.arrive(person, pushed=True)

    async def test_refusals_reach_it(self, world: World, person: Person, register: Register, installed: Path) -> None:
        client_id, secret = await register(REDIRECT)
        async with relying_party(installed, world.url, client_id, secret, REDIRECT) as party:
            assert (await party.arrive(person, prompt="none"))["error"] == "login_required"
            assert (await party.arrive(person, scope="openid everything"))["error"] == "invalid_scope"
