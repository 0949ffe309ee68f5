"""Where a person is needed, nothing else will do: no API key, whoever owns it, and no token of a client's own."""

import uuid
from dataclasses import dataclass

import httpx
import pytest
import pytest_asyncio

from tests.e2e.test_api_keys import KeyApi, KeyInItsOwnHeader, make
from tests.e2e.world import Api, Company
from vaultaris_kit import surface

ROWS = [row for row in surface.rows() if row.auth == "person"]
NOT_BUILT = 501


@dataclass
class Intruders:
    """Callers with every right there is, and nobody behind them."""

    callers: dict[str, Api]
    path: str

    def address(self, row: surface.Row) -> str:
        path = row.path.replace("{id}", self.path.rpartition("/")[2], 1)
        return surface.shape(path).replace("{}", str(uuid.uuid4()))


@pytest_asyncio.fixture(scope="module")
async def intruders(firm: Company) -> Intruders:
    _, key = await make(firm)
    _, own = await make(firm, user_id=firm.admin_user["id"])
    application = await firm.admin.create(f"{firm.path}/applications", {"slug": "intruder", "name": "Intruder"})
    _, app_key = await make(firm, f"{firm.path}/applications/{application['id']}/api-keys")
    group = await firm.admin.create(f"{firm.path}/groups", {"name": "intruders"})
    _, group_key = await make(firm, f"{firm.path}/groups/{group['id']}/api-keys")
    callers: dict[str, Api] = {
        "tenant's key": key, "in its own header": KeyInItsOwnHeader(key.url, key.token), "person's key": own,
        "application's key": app_key, "group's key": group_key, "client": await firm.machine("openid", "users:read"),
    }  # fmt: skip
    return Intruders(callers, firm.path)


class TestPersonsOnly:
    def test_none_of_them_is_forgotten(self) -> None:
        ids = {row.id for row in ROWS}
        assert {"oauth-userinfo", "oauth-userinfo-post", "consent-approve", "consent-deny", "global-me"} <= ids
        assert {"totp-setup", "totp-verify", "totp-disable-self", "app-members-accept", "consents-list"} <= ids
        assert {row.id for row in surface.rows() if row.section == "webauthn"} <= ids

    @pytest.mark.parametrize("row", ROWS, ids=lambda row: row.id)
    async def test_refused(self, firm: Company, intruders: Intruders, row: surface.Row) -> None:
        path = intruders.address(row)
        for name, caller in intruders.callers.items():
            answer: httpx.Response = await caller.call(row.method, path, json={})
            if answer.status_code == NOT_BUILT:
                pytest.skip("not built")
            assert answer.status_code == 403, f"{name}: {answer.status_code} {answer.text}"
            assert answer.json()["error"] in ("forbidden", "insufficient_scope"), name
        answer = await firm.admin.call(row.method, path, json={})
        assert answer.status_code != 403 or answer.json()["error"] != "forbidden", answer.text

    async def test_a_key_under_the_bearer_scheme_is_no_token(self, firm: Company, intruders: Intruders) -> None:
        key = intruders.callers["tenant's key"]
        assert isinstance(key, KeyApi)
        disguised = firm.admin.with_token(key.token)
        for row in ROWS:
            answer = await disguised.call(row.method, intruders.address(row), json={})
            assert answer.status_code in (401, NOT_BUILT), f"{row.id}: {answer.text}"

    async def test_the_document_says_so(self, firm: Company) -> None:
        document = await firm.admin.get("/api/v1/docs/openapi.json")
        for row in ROWS:
            for path, item in document["paths"].items():
                if surface.shape(path) == surface.shape(row.path) and row.method.lower() in item:
                    assert item[row.method.lower()]["security"] == [{"bearer": []}, {"dpop": []}], row.id
