"""NATS dies, or hangs, a moment before somebody revokes: once that is answered, no service lets anybody in any more."""

import contextlib
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager

import pytest
import pytest_asyncio

from libs.kit.tests.servers import signal_family
from tests.e2e.test_kill import Without, without
from tests.e2e.tokens.test_revocation import (
    Deed,
    Scene,
    delete_client,
    delete_user,
    end_sessions,
    revoke_session,
    scene,
    set_status,
)
from tests.e2e.world import Company
from tests.eventually import eventually
from vaultaris_stack.local import LocalStack

__all__ = ["scene", "without"]

Trouble = Callable[[], AbstractAsyncContextManager[None]]


@pytest.fixture(params=["dead", "hung"])
def trouble(request: pytest.FixtureRequest, stack: LocalStack, without: Without) -> Trouble:
    """``async with trouble():`` runs its block while NATS answers nobody."""

    @contextlib.asynccontextmanager
    async def dead() -> AsyncIterator[None]:
        stack.kill_part("nats")
        async with without("nats"):
            yield

    @contextlib.asynccontextmanager
    async def hung() -> AsyncIterator[None]:
        pid = stack.status().row("nats").pid
        assert pid is not None
        signal_family(pid, signal.SIGSTOP)
        try:
            yield
        finally:
            signal_family(pid, signal.SIGCONT)

    return dead if request.param == "dead" else hung


@pytest_asyncio.fixture(autouse=True)
async def whole(company: Company) -> AsyncIterator[None]:
    """Whoever comes next finds everything in service again."""
    yield
    rows = [f"{company.path}/{noun}" for noun in ("users", "clients", "sessions", "policies", "audit")]

    async def statuses() -> set[int]:
        return {(await company.admin.call("GET", path)).status_code for path in ("/ready", *rows)}

    await eventually(statuses, lambda seen: seen == {200}, within=30)


async def give_back(scene: Scene) -> None:
    """The client revokes the access token."""
    assert (await scene.app.post("revoke", token=scene.tokens["access_token"])).status_code == 200


@pytest.mark.parametrize(
    "deed",
    [revoke_session, end_sessions, set_status("suspended"), delete_user, delete_client, give_back],
    ids=["session revoked", "sessions ended", "suspended", "deleted", "client deleted", "token revoked"],
)
async def test_a_persons_token(scene: Scene, trouble: Trouble, deed: Deed) -> None:
    assert set((await scene.seen_by(scene.bearer)).values()) == {200}
    async with trouble():
        await deed(scene)
        assert set((await scene.seen_by(scene.bearer)).values()) == {401}
        assert set((await scene.seen_by(scene.company.admin)).values()) == {200}, "somebody else's"


async def test_an_api_key(scene: Scene, trouble: Trouble) -> None:
    assert set((await scene.seen_by(scene.key)).values()) == {200}
    async with trouble():
        await scene.company.admin.act(f"{scene.path}/api-keys/{scene.key_id}/revoke")
        assert set((await scene.seen_by(scene.key)).values()) == {401}
