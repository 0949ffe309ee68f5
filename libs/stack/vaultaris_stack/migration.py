"""The migrations as a process of their own, which works while the zygote still loads.

`python -m vaultaris_stack.migration FUNCTION SERVICE...` calls `FUNCTION(url, service_password, services, ca)` with
what MIGRATION_DATABASE_URL, DATABASE_SERVICE_PASSWORD and STORES_TLS_CA say. What only migrations need is never loaded
by a service.
"""

import os
import pkgutil
import sys


def main() -> None:
    """Brings the schemas of the services up to date, as the owner of the database."""
    migrate_all, *services = sys.argv[1:]
    url, password = os.environ["MIGRATION_DATABASE_URL"], os.environ["DATABASE_SERVICE_PASSWORD"]
    pkgutil.resolve_name(migrate_all)(url, password, services, os.environ.get("STORES_TLS_CA", ""))


if __name__ == "__main__":
    main()
