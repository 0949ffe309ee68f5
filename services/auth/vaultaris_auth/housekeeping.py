"""Removing what no longer means anything."""

import asyncio

from vaultaris_auth.authorization_codes import codes
from vaultaris_auth.authorization_requests import store as requests
from vaultaris_auth.backchannel_logout import participants
from vaultaris_auth.browser_sessions import session as browser_sessions
from vaultaris_auth.device_authorizations import operations as device_authorizations
from vaultaris_auth.keys import repository as keys
from vaultaris_auth.oauth.par import store as pushed
from vaultaris_auth.one_time import values as one_time
from vaultaris_auth.passkeys import operations as passkeys
from vaultaris_auth.refresh_tokens import families
from vaultaris_auth.resealing import reseal_all
from vaultaris_auth.revocations import operations as revocations
from vaultaris_kit.crypto import Sealer
from vaultaris_kit.database import Database
from vaultaris_kit.errors import Unavailable
from vaultaris_kit.logs import get_logger

log = get_logger(__name__)

_EVERY_SECONDS = 900.0


async def keep_house(database: Database, sealer: Sealer) -> None:
    """Runs until cancelled; replicas may do the same work twice without harm."""
    while True:
        try:
            async with database.instance() as session:
                await keys.delete_expired(session)
                await families.delete_expired(session)
                await revocations.forget_expired(session)
                await one_time.delete_expired(session)
                await requests.delete_expired(session)
                await pushed.delete_expired(session)
                await codes.delete_expired(session)
                await browser_sessions.delete_expired(session)
                await participants.delete_expired(session)
                await device_authorizations.delete_expired(session)
                await passkeys.delete_expired(session)
            await reseal_all(database, sealer)
        except Unavailable:
            log.warning("housekeeping_postponed")
        await asyncio.sleep(_EVERY_SECONDS)
