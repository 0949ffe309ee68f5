"""Queries of applications."""

from typing import Any, ClassVar

from vaultaris_directory.applications.models import Application
from vaultaris_kit.repository import TenantRepository


class Applications(TenantRepository[Application]):
    model = Application
    searchable = (Application.slug, Application.name, Application.display_name)
    sortable: ClassVar[dict[str, Any]] = {
        "updated_at": Application.updated_at,
        "name": Application.name,
        "slug": Application.slug,
    }
