"""The setup token: outside development nobody may set up an instance merely by being first to find it."""

import sys
from datetime import timedelta

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from vaultaris_directory.setup.models import SetupToken
from vaultaris_directory.setup.operations import is_configured
from vaultaris_kit.crypto import digest, new_secret, same
from vaultaris_kit.errors import Forbidden
from vaultaris_kit.ids import MASTER_TENANT_ID, now
from vaultaris_kit.service import Runtime

REPLACED_AFTER = timedelta(hours=1)
"""A start after that prints a new token, so that a lost one is no dead end; replicas starting together print one."""

_NEEDED = "Setup needs the token that the directory printed at its first start, in the header X-Setup-Token."


async def announce_setup_token(runtime: Runtime) -> None:
    """Prints a token on the console, once, when the instance waits for its setup; only its hash is kept."""
    if runtime.settings.dev:
        return
    token = new_secret("vst_")
    async with runtime.database.tenant(MASTER_TENANT_ID) as session:
        fresh = not await is_configured(session) and await _keep(session, token)
    if fresh:
        sys.stdout.write(f"\nVaultaris waits for its setup. X-Setup-Token: {token}\n\n")
        sys.stdout.flush()


async def _keep(session: AsyncSession, token: str) -> bool:
    """Stores the hash unless a recent token is still good; says whether it did."""
    values = {"token_hash": digest(token), "created_at": now()}
    kept = await session.execute(
        insert(SetupToken)
        .values(tenant_id=MASTER_TENANT_ID, **values)
        .on_conflict_do_update(
            index_elements=[SetupToken.tenant_id],
            set_=values,
            where=SetupToken.created_at < now() - REPLACED_AFTER,
        )
        .returning(SetupToken.tenant_id)
    )
    return kept.first() is not None


async def check_setup_token(session: AsyncSession, token: str | None) -> None:
    """Raises :class:`Forbidden` unless ``token`` is the one that was printed; compared in constant time."""
    stored = (await session.execute(select(SetupToken.token_hash))).scalar_one_or_none()
    if stored is None or not same(stored, digest(token or "")):
        raise Forbidden(_NEEDED, code="setup_token_required")


async def forget_setup_token(session: AsyncSession) -> None:
    """The token has done its work."""
    await session.execute(delete(SetupToken))
