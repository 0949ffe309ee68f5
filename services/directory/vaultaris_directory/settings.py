"""Configuration of the directory."""

import os

from pydantic import Field

from vaultaris_kit.settings import Settings


class DirectorySettings(Settings):
    """What only the directory needs."""

    password_workers: int = Field(
        default_factory=lambda: os.cpu_count() or 1, ge=1, le=256, description="Threads that hash passwords."
    )
    password_queue: int = Field(64, ge=1, le=10_000, description="Hashes that may wait; over it the answer is 503.")
