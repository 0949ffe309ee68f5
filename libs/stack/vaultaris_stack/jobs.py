"""Short work that needs big packages. It runs in a child of the zygote, which has them loaded, and leaves no trace."""

import os
import pkgutil
from pathlib import Path

from vaultaris_stack.paths import write_private


def render_gateway(render: str, target: str) -> None:
    """Writes Envoy's configuration for this process's environment; `render` names the function that knows how."""
    write_private(Path(target), pkgutil.resolve_name(render)(dict(os.environ)))


def migrate(migrate_all: str, *services: str) -> None:
    """Brings the schemas of the services up to date, as the owner of the database that the environment names."""
    url, password = os.environ["MIGRATION_DATABASE_URL"], os.environ["DATABASE_SERVICE_PASSWORD"]
    pkgutil.resolve_name(migrate_all)(url, password, services)
