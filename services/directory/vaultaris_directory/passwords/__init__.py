"""Passwords: policy, hashing, verification and lockout."""

from vaultaris_directory.passwords import build

build.choose()
