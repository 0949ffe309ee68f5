"""Creates sent again with the same Idempotency-Key happen once."""

import asyncio

from tests.e2e.world import Company, unique


def _client() -> dict[str, object]:
    return {"name": "Again", "client_id": unique("again"), "redirect_uris": []}


class TestIdempotencyKey:
    async def test_the_same_request_gets_the_same_answer(self, company: Company) -> None:
        body, headers = _client(), {"Idempotency-Key": unique("key")}
        path = f"{company.path}/clients"
        first = await company.admin.call("POST", path, json=body, headers=headers)
        again = await company.admin.call("POST", path, json=body, headers=headers)
        assert (first.status_code, again.status_code) == (201, 201)
        assert again.json() == first.json()
        assert again.headers["idempotent-replayed"] == "true"

    async def test_twenty_at_once_make_one(self, company: Company) -> None:
        name, headers = unique("user"), {"Idempotency-Key": unique("key")}
        body = {"username": name, "email": f"{name}@company.test"}
        path = f"{company.path}/users"
        answers = await asyncio.gather(
            *(company.admin.call("POST", path, json=body, headers=headers) for _ in range(20))
        )
        assert {answer.status_code for answer in answers} <= {201, 409}
        assert len({answer.json()["data"]["id"] for answer in answers if answer.status_code == 201}) == 1
        assert (await company.admin.get(path, search=name))["total"] == 1

    async def test_another_request_with_the_key_is_refused(self, company: Company) -> None:
        headers, path = {"Idempotency-Key": unique("key")}, f"{company.path}/clients"
        await company.admin.expect(201, "POST", path, json=_client(), headers=headers)
        refused = await company.admin.expect(422, "POST", path, json=_client(), headers=headers)
        assert refused["details"][0]["code"] == "key_reused"

    async def test_a_refused_request_frees_its_key(self, company: Company) -> None:
        headers, path = {"Idempotency-Key": unique("key")}, f"{company.path}/clients"
        await company.admin.expect(422, "POST", path, json={}, headers=headers)
        await company.admin.expect(201, "POST", path, json=_client(), headers=headers)

    async def test_keys_of_two_callers_do_not_meet(self, company: Company) -> None:
        headers, path = {"Idempotency-Key": unique("key")}, f"{company.path}/clients"
        other = await company.machine("clients:create")
        await company.admin.expect(201, "POST", path, json=_client(), headers=headers)
        await other.expect(201, "POST", path, json=_client(), headers=headers)

    async def test_a_key_out_of_bounds(self, company: Company) -> None:
        for key in ("", "k" * 300):
            headers = {"Idempotency-Key": key}
            await company.admin.expect(422, "POST", f"{company.path}/clients", json=_client(), headers=headers)
