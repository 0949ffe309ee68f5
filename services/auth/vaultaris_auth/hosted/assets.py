"""Our own stylesheet and script: served under names that carry their content, so that they are kept for a year."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

_MEDIA_TYPES: Final = {"css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8", "svg": "image/svg+xml"}


@dataclass(frozen=True, slots=True)
class Asset:
    """A file of ours. ``name`` is ``<stem>-<hash>.<ending>``."""

    name: str
    content: bytes
    media_type: str

    @property
    def path(self) -> str:
        return f"/hosted/assets/{self.name}"


@cache
def assets() -> Mapping[str, Asset]:
    """Every asset by its file name as written, e.g. ``hosted.css``."""
    found = {}
    for entry in files(__package__).joinpath("static").iterdir():
        stem, _, ending = entry.name.rpartition(".")
        content = entry.read_bytes()
        digest = hashlib.sha256(content).hexdigest()[:16]
        found[entry.name] = Asset(f"{stem}-{digest}.{ending}", content, _MEDIA_TYPES[ending])
    return found


def find_asset(name: str) -> Asset | None:
    """The asset that is served under ``name``."""
    return next((asset for asset in assets().values() if asset.name == name), None)
