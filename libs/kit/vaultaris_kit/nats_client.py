"""nats-py's client, made to keep what ``tls://`` promises."""

import ssl
from typing import Any

from nats.aio.client import Client


class NatsClient(Client):
    """Speaks TLS to servers that are addressed by ``tls://``, whether they ask for it or not.

    nats-py speaks it only where the server's greeting, which arrives in the open, asks for it: whoever stands between
    could leave that out, and be told the password. ``ca`` is a file of authorities; empty means the system's.
    """

    def __init__(self, ca: str = "") -> None:
        super().__init__()
        self._ca = ca

    @property
    def ssl_context(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=self._ca or None)

    async def _process_info(self, info: dict[str, Any], initial_connection: bool = False) -> None:
        if self._current_server is not None and self._current_server.uri.scheme == "tls":
            info["tls_required"] = True
        await super()._process_info(info, initial_connection)
