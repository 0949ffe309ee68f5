"""Sessions on the stack's own database and beside its own auth; every test works in a tenant of its own."""

from collections.abc import AsyncIterator
from typing import Protocol
from uuid import UUID

import pytest

from vaultaris_kit.bus import Bus
from vaultaris_kit.database import Database
from vaultaris_kit.ids import new_id
from vaultaris_kit.revocation import Revocations
from vaultaris_kit.revocation_asks import RevocationAsks, ask_auth
from vaultaris_kit.rpc.client import Peers
from vaultaris_sessions.sessions.revocation import Announcer
from vaultaris_sessions.settings import SessionsSettings


class Stack(Protocol):
    """What is used of the root's ``stack`` fixture."""

    def environ_of(self, name: str) -> dict[str, str]:
        """The environment of a service."""


@pytest.fixture(scope="session")
def settings(stack: Stack) -> SessionsSettings:
    environ = {name.lower(): value for name, value in stack.environ_of("sessions").items()}
    known = {name: value for name, value in environ.items() if name in SessionsSettings.model_fields}
    return SessionsSettings(_env_file=None, **known)  # type: ignore[arg-type]  # strings, parsed like the environment


@pytest.fixture(scope="session")
async def database(settings: SessionsSettings) -> AsyncIterator[Database]:
    """The service's own role: row-level security holds."""
    opened = Database(settings, "sessions")
    yield opened
    await opened.close()


@pytest.fixture(scope="session")
async def peers(settings: SessionsSettings) -> AsyncIterator[Peers]:
    """Channels with the certificate of sessions."""
    opened = Peers(settings)
    yield opened
    await opened.close()


@pytest.fixture(scope="session")
def announcer(settings: SessionsSettings, peers: Peers) -> Announcer:
    """Without a watch of its own: every question about a revocation goes to auth."""
    return Announcer(
        peers, Revocations(Bus(settings.nats_url.get_secret_value(), "test"), RevocationAsks(ask_auth(peers)))
    )


@pytest.fixture
def tenant_id() -> UUID:
    return new_id()
