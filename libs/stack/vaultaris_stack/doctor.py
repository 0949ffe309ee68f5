"""`vaultaris doctor`: what keeps a stack from starting or running well, and what to do about it."""

import os
import socket
import sys
from collections.abc import Iterator, Mapping

from vaultaris_stack import control, leftovers
from vaultaris_stack.errors import StackError
from vaultaris_stack.externals import Externals
from vaultaris_stack.health import Finding, examine
from vaultaris_stack.instance import read_record
from vaultaris_stack.parts import programs
from vaultaris_stack.paths import DataDirectory
from vaultaris_stack.ports import is_free
from vaultaris_stack.privileges import database_account

_CONNECT_SECONDS = 3.0
_VARIABLES = {"postgres": "DATABASE_URL", "valkey": "REDIS_URL", "nats": "NATS_URL"}


def diagnose(data: DataDirectory, port: int, user: Mapping[str, str]) -> Iterator[Finding]:
    """Everything that is wrong, each with its fix."""
    if not hasattr(os, "pidfd_open"):
        yield Finding(f"The local stack needs Linux, and this is {sys.platform}.", "Use docker-compose.yml instead.")
        return
    yield from _examine_programs(data, Externals.found_in(user))
    yield from _examine_externals(Externals.found_in(user))
    yield from examine(data, user)
    yield from _examine_run(data, port)


def _examine_programs(data: DataDirectory, externals: Externals) -> Iterator[Finding]:
    """The programs of the embedded parts, and the account for PostgreSQL."""
    needed = [programs.envoy]
    needed += [] if externals.nats else [programs.nats_server]
    needed += [] if externals.redis is not None else [programs.valkey_server]
    for find in needed:
        try:
            find()
        except StackError as failure:
            yield Finding(str(failure), "make install")
    if externals.database is None:
        try:
            database_account(data.postgres, programs.postgres_programs() / "postgres")
        except StackError as failure:
            yield Finding("PostgreSQL cannot be started.", str(failure))


def _examine_externals(externals: Externals) -> Iterator[Finding]:
    """Whether somebody listens at each place where the environment says that a part, or a piece of it, runs."""
    for name, addresses in externals.addresses().items():
        for address in addresses:
            host, _, port = address.rpartition(":")
            try:
                socket.create_connection((host, int(port)), timeout=_CONNECT_SECONDS).close()
            except OSError as failure:
                variable = _VARIABLES[name]
                fix = f"Start it, mend {variable}, or unset {variable} (also in .env) to have it embedded."
                yield Finding(f"{variable} names {address}, which does not answer: {failure}.", fix)


def _examine_run(data: DataDirectory, port: int) -> Iterator[Finding]:
    try:
        answer = control.ask(data, "status", seconds=15.0)
    except control.NotRunning:
        yield from _examine_remains(data)
        try:
            free = is_free(port)
        except StackError as failure:
            yield Finding(str(failure), "vaultaris up --port 8080")
        else:
            if not free:
                fix = f"Stop it, or choose another port: vaultaris up --port {port + 1}"
                yield Finding(f"Port {port} is taken by another program.", fix)
    except StackError as failure:
        record = read_record(data)
        yield Finding(str(failure), f"kill -9 {record.pid}; vaultaris up" if record else "vaultaris up")
    else:
        for row in answer["processes"]:
            if not row["ready"]:
                problem = f"{row['name']} is {row['state']}, not ready (restarts: {row['restarts']})."
                yield Finding(problem, f"vaultaris logs {row['name']}; vaultaris restart {row['name']}")


def _examine_remains(data: DataDirectory) -> Iterator[Finding]:
    """What a supervisor that died left behind."""
    if record := read_record(data):
        yield Finding(
            f"{data.record} names a supervisor ({record.pid}) that does not run: it was killed.",
            "The next `vaultaris up` cleans up; `vaultaris down` does so without a start.",
        )
    for trace in leftovers.still_running(data.processes):
        yield Finding(
            f"{trace.name} ({trace.pid}) still runs, without a supervisor.",
            "It is about to end; `vaultaris down` waits for that and kills it after 30 s.",
        )
