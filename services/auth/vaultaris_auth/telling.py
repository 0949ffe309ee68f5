"""Telling every process of a change before it is answered."""

from vaultaris_auth.revocations.announcer import Announcer
from vaultaris_kit.service import Runtime


async def tell_everybody(runtime: Runtime) -> None:
    """Called after the commit of a change whose events have caches forget; returns when they have."""
    await runtime.relay.announce_for_certain()
    await runtime.get(Announcer).outpace_events()
