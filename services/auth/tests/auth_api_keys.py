"""API keys as tests make and use them."""

from typing import Any

import httpx

from services.auth.tests.auth_harness import AuthProcess, Headers

Facts = dict[str, Any]


async def create(auth: AuthProcess, path: str, headers: Headers, **fields: Any) -> tuple[Facts, str]:
    """A key of the owner whose keys are at ``path``, and its secret."""
    answer = await auth.http.post(path, json={"name": "ci", **fields}, headers=headers)
    assert answer.status_code == 201, answer.text
    data = answer.json()["data"]
    return data["api_key"], data["secret"]


def using(secret: str) -> Headers:
    return {"Authorization": f"ApiKey {secret}"}


async def me(auth: AuthProcess, secret: str) -> httpx.Response:
    """What the key is told about itself."""
    return await auth.http.get("/api/v1/api-keys/me", headers=using(secret))
