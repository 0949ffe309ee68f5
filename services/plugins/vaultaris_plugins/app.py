"""The plugins service: WebAssembly plugins of the instance and of its tenants, and their webhooks."""

from vaultaris_kit.service import Runtime, Service
from vaultaris_plugins.base import OUTBOX
from vaultaris_plugins.settings import PluginsSettings


async def start(_runtime: Runtime) -> None:
    """Nothing runs beside HTTP: every row of this service still answers 501."""


SERVICE = Service(name="plugins", title="Plugins", settings=PluginsSettings, routers=(), outbox=OUTBOX, start=start)
