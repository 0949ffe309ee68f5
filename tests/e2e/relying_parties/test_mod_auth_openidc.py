"""Debian's mod_auth_openidc: a web server that knows OpenID Connect and nothing of us."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.e2e.relying_parties.apache import Apache, NotInstallable, unpack
from tests.e2e.relying_parties.conftest import Register
from tests.e2e.relying_parties.person import Person
from tests.e2e.world import Company, World
from tests.eventually import eventually
from vaultaris_stack.ports import free_port


@pytest.fixture(scope="session")
def unpacked() -> Iterator[Path]:
    """Apache and its module; the server's own user must be able to walk there, so it is no directory of pytest's."""
    with tempfile.TemporaryDirectory(prefix="vaultaris-apache-") as folder:
        Path(folder).chmod(0o755)
        try:
            yield unpack(Path(folder))
        except NotInstallable as reason:
            pytest.skip(f"mod_auth_openidc: {reason}")


@pytest.fixture
def apache(unpacked: Path) -> Iterator[Apache]:
    with tempfile.TemporaryDirectory(prefix="vaultaris-httpd-") as folder:
        Path(folder).chmod(0o777)
        yield Apache(unpacked, Path(folder), free_port())


async def _register(register: Register, apache: Apache, world: World) -> str:
    callback = f"{apache.url}/oidc/callback"
    client_id, secret = await register(
        callback, post_logout_redirect_uris=[f"{apache.url}/goodbye.html"],
        backchannel_logout_uri=f"{callback}?logout=backchannel", backchannel_logout_session_required=True,
    )  # fmt: skip
    apache.configure(world.url, client_id, secret)
    return client_id


def _is_private(response: httpx.Response, person: Person) -> bool:
    return response.text == "private" and response.headers.get("x-signed-in", "").startswith(person.username)


class TestModAuthOpenidc:
    async def test_sign_in_and_out(self, world: World, person: Person, register: Register, apache: Apache) -> None:
        await _register(register, apache, world)
        async with apache.running():
            private = f"{apache.url}/private/index.html"
            assert _is_private(await person.open(private), person)
            assert [page.rpartition("/")[2] for page in person.pages][:2] == ["sign-in", "consent"]
            out = await person.open(f"{apache.url}/oidc/callback?logout={apache.url}/goodbye.html")
            assert out.text == "goodbye"
            person.pages.clear()
            assert _is_private(await person.open(private), person)
            assert person.pages[0].endswith("/sign-in"), "the browser was signed out here as well"

    async def test_back_channel(
        self, world: World, company: Company, person: Person, register: Register, apache: Apache
    ) -> None:
        await _register(register, apache, world)
        async with apache.running():
            private = f"{apache.url}/private/index.html"
            assert _is_private(await person.open(private), person)
            sessions = (await company.admin.get(f"{company.path}/sessions", per_page=100))["data"]
            mine = next(each for each in sessions if each["client_id"].startswith("relying-party"))
            await company.admin.delete(f"{company.path}/sessions/{mine['id']}")

            async def turned_away() -> bool:
                return (await person.http.get(private)).is_redirect

            await eventually(turned_away, bool, within=30)
