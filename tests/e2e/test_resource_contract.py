"""One contract, run over every resource: what a client may rely on whichever of them it manages."""

import asyncio
import time
import uuid
from typing import Any

import pytest
import pytest_asyncio

from tests.e2e.resources import RESOURCES, Resource
from tests.e2e.world import Company, World

RESTORABLE = [each for each in RESOURCES if each.restorable]
PAGED = [each for each in RESOURCES if each.paged]
COMPLETE = [each for each in RESOURCES if not each.paged]

paged = pytest.mark.parametrize("kind", PAGED, ids=lambda each: each.noun)


@pytest_asyncio.fixture(scope="module")
async def company(world: World) -> Company:
    """One tenant for the whole suite: its tests make what they need and count nothing else."""
    return await world.add_company()


@pytest.fixture(params=RESOURCES, ids=lambda each: each.noun)
def resource(request: pytest.FixtureRequest) -> Resource:
    kind: Resource = request.param
    return kind


def _path(company: Company, resource: Resource, *rest: str) -> str:
    return "/".join([company.path, resource.noun, *rest])


async def _count(company: Company, resource: Resource) -> int:
    answer = await company.admin.get(_path(company, resource))
    return int(answer["total"]) if resource.paged else len(answer["data"])


async def _make(company: Company, resource: Resource, **fields: Any) -> dict[str, Any]:
    made = await company.admin.create(_path(company, resource), {**resource.make(), **fields})
    body: dict[str, Any] = resource.body(made)
    return body


class TestCreate:
    async def test_answers_the_whole_object(self, company: Company, resource: Resource) -> None:
        sent = resource.make()
        made = resource.body(await company.admin.create(_path(company, resource), sent))
        assert sent.items() <= made.items()
        assert made["tenant_id"] == company.id
        for name in resource.always:
            assert made[name] is not None, name
        assert (await company.admin.get(_path(company, resource, made["id"])))["data"].items() >= sent.items()

    async def test_unknown_fields_are_ignored(self, company: Company, resource: Resource) -> None:
        made = await _make(company, resource, no_such_field={"x": 1}, id=str(uuid.uuid4()))
        assert "no_such_field" not in made

    async def test_null_equals_missing(self, company: Company, resource: Resource) -> None:
        made = await _make(company, resource, **{resource.text_field: None})
        assert made[resource.text_field] is None

    async def test_a_taken_name_is_a_conflict(self, company: Company, resource: Resource) -> None:
        made = await _make(company, resource)
        body = {**resource.make(), resource.unique_field: made[resource.unique_field]}
        refused = await company.admin.expect(409, "POST", _path(company, resource), json=body)
        assert refused["error"] == "conflict"

    async def test_twenty_at_once_with_one_name_make_one(self, company: Company, resource: Resource) -> None:
        body = resource.make()
        answers = await asyncio.gather(
            *(company.admin.call("POST", _path(company, resource), json=body) for _ in range(20))
        )
        codes = sorted(answer.status_code for answer in answers)
        assert codes.count(201) == 1, codes
        assert set(codes) <= {200, 201, 409}


class TestBadInput:
    async def test_missing_fields_are_named(self, company: Company, resource: Resource) -> None:
        refused = await company.admin.expect(422, "POST", _path(company, resource), json={})
        assert refused["error"] == "validation_error"
        assert {detail["field"] for detail in refused["details"]} >= set(resource.required)

    @pytest.mark.parametrize("wrong", [7, ["x"], {"x": 1}, True])
    async def test_wrong_types(self, company: Company, resource: Resource, wrong: object) -> None:
        body = {**resource.make(), resource.unique_field: wrong}
        refused = await company.admin.expect(422, "POST", _path(company, resource), json=body)
        assert [detail["field"].split(".")[0] for detail in refused["details"]] == [resource.unique_field]

    @pytest.mark.parametrize("body", [b"{", b"[1,", b'{"name": nope}', b"\xff\xfe"])
    async def test_malformed_json(self, company: Company, resource: Resource, body: bytes) -> None:
        headers = {"Content-Type": "application/json"}
        path = _path(company, resource)
        refused = await company.admin.expect(400, "POST", path, content=body, headers=headers)
        assert refused["error"] == "bad_request"

    @pytest.mark.parametrize("body", [b"[]", b'"text"', b"null", b"7"])
    async def test_json_that_is_no_object(self, company: Company, resource: Resource, body: bytes) -> None:
        headers = {"Content-Type": "application/json"}
        await company.admin.expect(422, "POST", _path(company, resource), content=body, headers=headers)

    @pytest.mark.parametrize("text", [r"\u0000", r"a\u0000b", r"\ud800", r"\udfff tail"])
    async def test_impossible_characters(self, company: Company, resource: Resource, text: str) -> None:
        body = f'{{"{resource.unique_field}": "{text}"}}'
        headers = {"Content-Type": "application/json"}
        await company.admin.expect(422, "POST", _path(company, resource), content=body.encode(), headers=headers)

    async def test_a_huge_string_is_refused_quickly(self, company: Company, resource: Resource) -> None:
        started = time.monotonic()
        for name in (resource.unique_field, resource.text_field):
            body = {**resource.make(), name: "x" * 50_000}
            await company.admin.expect(422, "POST", _path(company, resource), json=body)
        assert time.monotonic() - started < 10

    async def test_a_huge_body_is_refused(self, company: Company, resource: Resource) -> None:
        refused = await company.admin.expect(
            413, "POST", _path(company, resource), json={"padding": "x" * (1024 * 1024 + 1)}
        )
        assert (refused["error"], refused["status"]) == ("payload_too_large", 413)

    async def test_another_media_type(self, company: Company, resource: Resource) -> None:
        headers = {"Content-Type": "text/plain"}
        refused = await company.admin.expect(415, "POST", _path(company, resource), content=b"{}", headers=headers)
        assert refused["error"] == "unsupported_media_type"

    async def test_bounded_free_json(self, company: Company, resource: Resource) -> None:
        if not resource.free_json:
            return
        path = _path(company, resource)
        await company.admin.expect(422, "POST", path, json={**resource.make(), "metadata": {"x": "y" * 200_000}})
        deep: Any = {}
        for _ in range(100):
            deep = {"x": deep}
        await company.admin.expect(422, "POST", path, json={**resource.make(), "metadata": deep})
        await company.admin.expect(422, "POST", path, json={**resource.make(), "metadata": ["not", "an", "object"]})

    async def test_nothing_was_made(self, company: Company, resource: Resource) -> None:
        path = _path(company, resource)
        before = await _count(company, resource)
        await company.admin.expect(422, "POST", path, json={})
        await company.admin.expect(422, "POST", path, json={**resource.make(), resource.unique_field: 7})
        assert await _count(company, resource) == before


class TestRead:
    @pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
    async def test_absent(self, company: Company, resource: Resource, method: str) -> None:
        path = _path(company, resource, str(uuid.uuid4()))
        refused = await company.admin.expect(404, method, path, json={})
        assert (refused["error"], refused["status"]) == ("not_found", 404)

    @pytest.mark.parametrize("ident", ["7", "not-a-uuid", "%00", "..%2f", "ffffffff-ffff"])
    async def test_ids_that_are_none(self, company: Company, resource: Resource, ident: str) -> None:
        response = await company.admin.call("GET", f"{_path(company, resource)}/{ident}")
        assert response.status_code in (400, 404, 422), response.text
        assert response.json()["status"] == response.status_code

    async def test_wrong_method(self, company: Company, resource: Resource) -> None:
        refused = await company.admin.expect(405, "PATCH", _path(company, resource))
        assert refused["error"] == "method_not_allowed"


class TestUpdate:
    async def test_merges(self, company: Company, resource: Resource) -> None:
        made = await _make(company, resource)
        changed = await company.admin.update(_path(company, resource, made["id"]), resource.change)
        kept = {key: value for key, value in made.items() if key not in {*resource.change, "updated_at"}}
        assert {**kept, **resource.change}.items() <= changed.items()
        assert changed["updated_at"] > made["updated_at"]

    async def test_null_clears_what_may_be_null(self, company: Company, resource: Resource) -> None:
        made = await _make(company, resource, **{resource.text_field: "Something"})
        changed = await company.admin.update(_path(company, resource, made["id"]), {resource.text_field: None})
        assert changed[resource.text_field] is None

    async def test_if_match(self, company: Company, resource: Resource) -> None:
        made = await _make(company, resource)
        path = _path(company, resource, made["id"])
        etag = (await company.admin.call("GET", path)).headers["etag"]
        headers = {"If-Match": etag}
        await company.admin.expect(200, "PUT", path, json=resource.change, headers=headers)
        refused = await company.admin.expect(412, "PUT", path, json=resource.change, headers=headers)
        assert refused["error"] == "precondition_failed"
        await company.admin.expect(412, "DELETE", path, headers=headers)

    async def test_bad_values_change_nothing(self, company: Company, resource: Resource) -> None:
        made = await _make(company, resource)
        path = _path(company, resource, made["id"])
        await company.admin.expect(422, "PUT", path, json={**resource.change, resource.text_field: ["x"]})
        assert (await company.admin.get(path))["data"] == made


class TestDelete:
    async def test_gone(self, company: Company, resource: Resource) -> None:
        made = await _make(company, resource)
        path = _path(company, resource, made["id"])
        await company.admin.delete(path)
        await company.admin.expect(404, "GET", path)
        await company.admin.expect(404, "DELETE", path)
        listed = await company.admin.get(_path(company, resource), per_page=100, search=made[resource.unique_field])
        assert made["id"] not in {each["id"] for each in listed["data"]}

    @pytest.mark.parametrize("kind", RESTORABLE, ids=lambda each: each.noun)
    async def test_restore(self, company: Company, kind: Resource) -> None:
        made = await _make(company, kind)
        path = _path(company, kind, made["id"])
        await company.admin.delete(path)
        clash = {**kind.make(), kind.unique_field: made[kind.unique_field]}
        await company.admin.expect(409, "POST", _path(company, kind), json=clash)
        restored = await company.admin.act(f"{path}/restore")
        assert restored["id"] == made["id"]
        assert (await company.admin.get(path))["data"][kind.unique_field] == made[kind.unique_field]

    @pytest.mark.parametrize("kind", RESTORABLE, ids=lambda each: each.noun)
    async def test_restore_of_what_never_was(self, company: Company, kind: Resource) -> None:
        await company.admin.expect(404, "POST", _path(company, kind, str(uuid.uuid4()), "restore"), json={})


class TestList:
    """Lists in pages; those that are short and complete follow."""

    @paged
    async def test_pages_hold_everything_once(self, company: Company, kind: Resource) -> None:
        made = {(await _make(company, kind))["id"] for _ in range(5)}
        path, seen, page = _path(company, kind), [], 1
        while True:
            answer = await company.admin.get(path, per_page=3, page=page, sort="created_at", order="asc")
            assert "success" not in answer
            assert answer["meta"] == {"page": page, "per_page": 3, "total": answer["total"]}
            assert (answer["page"], answer["per_page"]) == (page, 3)
            seen += [each["id"] for each in answer["data"]]
            if page >= -(-answer["total"] // 3):
                break
            page += 1
        assert len(seen) == len(set(seen)) == answer["total"]
        assert made <= set(seen)

    @paged
    async def test_per_page_is_cut_and_told(self, company: Company, kind: Resource) -> None:
        assert (await company.admin.get(_path(company, kind), per_page=5000))["per_page"] == 100

    @paged
    async def test_past_the_end_is_empty(self, company: Company, kind: Resource) -> None:
        answer = await company.admin.get(_path(company, kind), page=100_000)
        assert answer["data"] == []
        assert answer["total"] > 0 or kind.noun not in ("users", "roles")

    @paged
    @pytest.mark.parametrize(
        "query",
        [{"page": 0}, {"page": "x"}, {"per_page": 0}, {"sort": "no_such"}, {"order": "up"}, {"search": "x" * 500}],
    )
    async def test_bad_queries(self, company: Company, kind: Resource, query: dict[str, Any]) -> None:
        await company.admin.expect(422, "GET", _path(company, kind), params=query)

    @paged
    async def test_search_takes_wildcards_literally(self, company: Company, kind: Resource) -> None:
        assert (await company.admin.get(_path(company, kind), search="%_%"))["total"] == 0

    @paged
    async def test_search_finds_a_part(self, company: Company, kind: Resource) -> None:
        made = await _make(company, kind)
        part = made[kind.unique_field][1:]
        found = await company.admin.get(_path(company, kind), search=part, per_page=100)
        assert made["id"] in {each["id"] for each in found["data"]}

    @pytest.mark.parametrize("kind", COMPLETE, ids=lambda each: each.noun)
    async def test_short_lists_are_complete(self, company: Company, kind: Resource) -> None:
        made = {(await _make(company, kind))["id"] for _ in range(3)}
        answer = await company.admin.get(_path(company, kind), per_page=1)
        assert set(answer) == {"success", "data"}
        assert made <= {each["id"] for each in answer["data"]}


class TestRights:
    async def test_a_plain_user_may_not(self, company: Company, resource: Resource) -> None:
        plain = await company.signed_in(await company.add_user())
        path = _path(company, resource)
        await plain.expect(403, "GET", path)
        await plain.expect(403, "POST", path, json=resource.make())

    async def test_a_reader_may_read_but_not_write(self, company: Company, resource: Resource) -> None:
        reader = await company.machine(f"{resource.noun}:read")
        await reader.get(_path(company, resource))
        await reader.expect(403, "POST", _path(company, resource), json=resource.make())
