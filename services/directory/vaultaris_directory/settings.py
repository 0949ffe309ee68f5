"""Configuration of the directory."""

import os
from typing import Self

from pydantic import Field, SecretStr, model_validator

from vaultaris_directory.licences.holder import Licences
from vaultaris_directory.passwords.hashing import MEMORY_KIB, PASSES
from vaultaris_kit.settings import Settings


class DirectorySettings(Settings):
    """What only the directory needs."""

    password_workers: int = Field(
        default_factory=lambda: os.cpu_count() or 1, ge=1, le=256, description="Threads that hash passwords."
    )
    password_queue: int = Field(64, ge=1, le=10_000, description="Hashes that may wait; over it the answer is 503.")
    password_memory_kib: int = Field(
        MEMORY_KIB, ge=MEMORY_KIB, le=1_048_576, description="Memory of Argon2id for one hash, in KiB, for each worker."
    )
    password_passes: int = Field(PASSES, ge=PASSES, le=64, description="Passes of Argon2id over that memory.")
    license_key: SecretStr = Field(SecretStr(""), description="The licence in force; empty means community.")
    license_public_key: str = Field("", description="Ed25519 key of licences: PEM, or 32 bytes in base64url.")

    @model_validator(mode="after")
    def _refuse_bad_licence(self) -> Self:
        self.licences()
        return self

    def licences(self) -> Licences:
        """The licence in force. An expired one is no reason not to start."""
        return Licences.configured(self.license_key.get_secret_value(), self.license_public_key)
