"""Where the trail is read from: the primary, or a replica of it when there is one.

The trail is behind the changes that it tells of anyway, since it is fed by events, so a replica's delay takes nothing
from it. Nothing else of the product reads from a replica: rights and revocations count at once.
"""

import asyncio

from vaultaris_audit.settings import AuditSettings
from vaultaris_kit.database import Database
from vaultaris_kit.service import Runtime


class Reading:
    """The database that list and verification read."""

    def __init__(self, database: Database) -> None:
        self.database = database

    async def close_with_the_service(self) -> None:
        """Runs until cancelled, and closes a pool of its own."""
        try:
            await asyncio.Event().wait()
        finally:
            await self.database.close()


def reading_of(runtime: Runtime, settings: AuditSettings) -> Reading:
    """The replica's pool when ``DATABASE_READ_URL`` names one, else the service's own."""
    if not settings.database_read_url.get_secret_value():
        return Reading(runtime.database)
    there = settings.model_copy(update={"database_url": settings.database_read_url})
    reading = Reading(Database(there, runtime.database.schema))
    runtime.background(reading.close_with_the_service())
    return reading
