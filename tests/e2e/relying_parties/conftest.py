"""A company with a person, and clients registered as an administrator would register them."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from tests.e2e.relying_parties.person import Person
from tests.e2e.world import Company, unique

Register = Callable[..., Awaitable[tuple[str, str]]]


@pytest.fixture
async def person(company: Company) -> Person:
    return Person((await company.add_user())["username"])


@pytest.fixture
def register(company: Company) -> Register:
    """Registers a client by its redirect URI; returns its ``client_id`` and its secret, empty for a public one."""

    async def registered(redirect_uri: str, **fields: Any) -> tuple[str, str]:
        body = {
            "name": "Relying party", "client_id": unique("relying-party"), "redirect_uris": [redirect_uri],
            "allowed_grant_types": ["authorization_code", "refresh_token"],
            "allowed_scopes": ["openid", "profile", "email", "offline_access"], **fields,
        }  # fmt: skip
        made = await company.admin.create(f"{company.path}/clients", body)
        return made["client"]["client_id"], made["client_secret"]

    return registered
