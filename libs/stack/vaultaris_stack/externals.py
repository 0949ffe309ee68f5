"""Parts that the user brings along: an address in the environment (or in `.env`) replaces the embedded part."""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from dotenv import dotenv_values

from vaultaris_stack.errors import StackError


def user_environ(folder: Path, environ: Mapping[str, str] | None = None) -> dict[str, str]:
    """The environment of the user; what `.env` in the folder says counts where the environment is silent."""
    from_file = {name: value for name, value in dotenv_values(folder / ".env").items() if value is not None}
    return {**from_file, **(os.environ if environ is None else environ)}


def setting(environ: Mapping[str, str], name: str) -> str | None:
    """The value of NAME, or what the file named by NAME_FILE holds; None when neither is set."""
    if name in environ:
        return environ[name]
    if path := environ.get(f"{name}_FILE"):
        try:
            return Path(path).read_text(encoding="utf-8").rstrip("\n")
        except OSError as failure:
            raise StackError(f"{name}_FILE: {failure.strerror}: {path}") from None
    return None


@dataclass(frozen=True)
class Externals:
    """Addresses of parts that run elsewhere; None where the stack runs its own. `redis` may be empty: none at all.

    `database` is what the services connect to, each with a role of its own; `database_owner` is for migrations.
    """

    database: str | None
    database_owner: str | None
    redis: str | None
    nats: str | None

    @classmethod
    def found_in(cls, environ: Mapping[str, str]) -> "Externals":
        """Reads DATABASE_URL, MIGRATION_DATABASE_URL (each stands in for the other), REDIS_URL and NATS_URL."""
        database = setting(environ, "DATABASE_URL")
        owner = setting(environ, "MIGRATION_DATABASE_URL")
        return cls(
            database=database or owner or None,
            database_owner=owner or database or None,
            redis=setting(environ, "REDIS_URL"),
            nats=setting(environ, "NATS_URL") or None,
        )

    def addresses(self) -> dict[str, tuple[str, ...]]:
        """Hosts with ports of every external part, by the name of the embedded one that it replaces.

        Several where the part has several pieces; none for an empty address and for one that can't be read.
        """
        named = {"postgres": (self.database, 5432), "valkey": (self.redis, 6379), "nats": (self.nats, 4222)}
        return {name: tuple(_hosts_and_ports(url, port)) for name, (url, port) in named.items() if url is not None}


def _hosts_and_ports(url: str, usual_port: int) -> Iterator[str]:
    """Without user and password."""
    usual_port = 26_379 if url.startswith("sentinel:") else usual_port
    for part in url.split(","):
        try:
            parts = urlsplit(part if "://" in part else f"//{part}")
            if parts.hostname:
                yield f"{parts.hostname}:{parts.port or usual_port}"
        except ValueError:  # the services say what is wrong with it
            return
