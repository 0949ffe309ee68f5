"""The script that decides, as a command of Valkey: what goes in and what comes out."""

import hashlib
import time
from importlib.resources import files

from vaultaris_edge.limiter.link import Line
from vaultaris_edge.limiter.window import Asked, Limits, Verdict
from vaultaris_kit.logs import get_logger

log = get_logger(__name__)

_COMPLAINT_SECONDS = 10.0
SCRIPT = files(__package__).joinpath("windows.lua").read_bytes()
DIGEST = hashlib.sha1(SCRIPT, usedforsecurity=False).hexdigest().encode()  # how EVALSHA names a script


def key_of(client: bytes) -> bytes:
    """The key of the general window. What stands in braces places all windows of a client in one hash slot."""
    return b"{vaultaris:limit:%b}" % client


class Script:
    """``windows.lua`` with its limits."""

    def __init__(self, limits: Limits) -> None:
        self._arguments = (
            b"%d" % (limits.seconds * 1_000_000),
            b"%d" % limits.general,
            b"%d" % limits.credential,
        )
        self._complained = -_COMPLAINT_SECONDS

    def words(self, batch: list[Asked]) -> list[bytes]:
        """The number of keys, the keys, the arguments."""
        keys: list[bytes] = []
        shape = bytearray()
        for client, credential in batch:
            key = key_of(client)
            keys.append(key)
            if credential:
                keys.append(key + b":credential")
            shape += b"2" if credential else b"1"
        return [b"%d" % len(keys), *keys, *self._arguments, bytes(shape)]

    def verdicts(self, batch: list[Asked], line: Line | None) -> list[Verdict] | None:
        """Three integers per request, as the script says; an error of Valkey counts as no answer."""
        if isinstance(line, bytes):
            self._complain(line)
        if not isinstance(line, list):
            return None
        triples = zip(batch, line[::3], line[1::3], line[2::3], strict=True)
        return [
            Verdict(not denied, denied - 1 if denied else int(asked.credential), used, wait / 1000)
            for asked, denied, used, wait in triples
        ]

    def _complain(self, line: bytes) -> None:
        """Valkey refuses (out of memory, a read-only replica): told now and then, not per request."""
        if time.monotonic() - self._complained >= _COMPLAINT_SECONDS:
            self._complained = time.monotonic()
            log.error("valkey_refuses", answer=line[:200].decode("utf-8", "replace"))
