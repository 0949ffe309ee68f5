"""Delivers notices: in the background, by any replica, with ever longer pauses."""

import asyncio
import contextlib
from typing import Final
from urllib.parse import urlencode

from vaultaris_auth.backchannel_logout import notices
from vaultaris_auth.backchannel_logout.logout_token import logout_claims
from vaultaris_auth.backchannel_logout.notices import Notice
from vaultaris_auth.backchannel_logout.turns import AT_ONCE, choose
from vaultaris_auth.base import OUTBOX
from vaultaris_auth.clients.registry import ClientRegistry
from vaultaris_auth.keys.keyring import Keyring
from vaultaris_auth.tokens.signer import Signer
from vaultaris_kit.errors import NotFound, Unavailable
from vaultaris_kit.ids import now
from vaultaris_kit.logs import get_logger
from vaultaris_kit.outbound import Outbound, OutboundFault
from vaultaris_kit.principal import SYSTEM
from vaultaris_kit.service import Runtime

log = get_logger(__name__)

_IDLE_SECONDS: Final = 1.0
_HEADERS: Final = {"Content-Type": "application/x-www-form-urlencoded"}
_TAKEN: Final = (200, 204)


class LogoutNotifier:
    """One a process."""

    def __init__(self, runtime: Runtime, outbound: Outbound) -> None:
        self._runtime, self._outbound = runtime, outbound
        self._under_way: set[Notice] = set()
        self._ended = asyncio.Event()

    async def run(self) -> None:
        """Runs until cancelled."""
        async with asyncio.TaskGroup() as deliveries:
            while True:
                self._ended.clear()
                try:
                    for notice in await self._take():
                        self._under_way.add(notice)
                        deliveries.create_task(self._see_through(notice))
                except Unavailable:
                    log.debug("logout_notices_wait")  # as everything does
                with contextlib.suppress(TimeoutError):  # then it is time to look for new ones
                    async with asyncio.timeout(_IDLE_SECONDS):
                        await self._ended.wait()

    async def _take(self) -> list[Notice]:
        """Claims the notices whose turn it is."""
        if len(self._under_way) >= AT_ONCE:
            return []
        async with self._runtime.database.instance() as session:
            ids = choose(await notices.find_due(session), self._under_way)
            return await notices.take(session, ids) if ids else []

    async def _see_through(self, notice: Notice) -> None:
        try:
            await self._deliver(notice)
        except Unavailable:  # the claim runs out, and it is told once more: clients take that well
            log.warning("logout_notice_not_noted")
        finally:
            self._under_way.discard(notice)
            self._ended.set()

    async def _deliver(self, notice: Notice) -> None:
        """Raises :class:`Unavailable` when it can't be noted what came of it."""
        uri = await self._address(notice)
        told = uri is None or await self._tell(notice, uri)
        async with self._runtime.database.tenant(notice.tenant_id) as session:
            if told:
                await notices.forget(session, notice)
            elif notice.expires_at <= now() + notice.pause:
                await notices.forget(session, notice)
                OUTBOX.emit(
                    session, SYSTEM, "client.logout_undelivered", notice.tenant_id, resource_type="session",
                    resource_id=notice.session_id, metadata={"client_id": notice.client_id},
                )  # fmt: skip
            else:
                await notices.postpone(session, notice)

    async def _address(self, notice: Notice) -> str | None:
        """Where the client wants to be told; None when it no longer does."""
        client = await self._runtime.get(ClientRegistry).find(notice.client_id)
        return None if client is None or not client.is_enabled else client.backchannel_logout_uri

    async def _signer(self, notice: Notice) -> Signer:
        """Logout tokens are signed as the client's ID tokens are (Back-Channel Logout section 2.4)."""
        client = await self._runtime.get(ClientRegistry).find(notice.client_id)
        algorithm = client.id_token_alg if client is not None else None
        return await self._runtime.get(Keyring).signer(notice.tenant_id, algorithm)

    async def _tell(self, notice: Notice, uri: str) -> bool:
        """Whether the client has taken it in (Back-Channel Logout section 2.8)."""
        try:
            signer = await self._signer(notice)
            token = signer.logout_token(logout_claims(self._runtime.settings.issuer, notice))
            body = urlencode({"logout_token": token}).encode()
            answer = await self._outbound.post(uri, content=body, headers=_HEADERS)
        except OutboundFault as fault:
            log.warning("logout_notice_waits", client_id=notice.client_id, reason=fault.reason)
            return False
        except (NotFound, Unavailable):
            return False
        if answer.status not in _TAKEN:
            log.warning("logout_notice_waits", client_id=notice.client_id, status=answer.status)
        return answer.status in _TAKEN
