"""Queries over API keys."""

from typing import ClassVar

from vaultaris_auth.api_keys.models import ApiKey
from vaultaris_kit.repository import TenantRepository


class ApiKeyRepository(TenantRepository[ApiKey]):
    """The API keys of one tenant."""

    model = ApiKey
    searchable: ClassVar = (ApiKey.name, ApiKey.prefix)
    sortable: ClassVar = {
        "name": ApiKey.name, "updated_at": ApiKey.updated_at, "last_used_at": ApiKey.last_used_at,
    }  # fmt: skip
