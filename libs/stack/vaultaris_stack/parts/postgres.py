"""PostgreSQL: one cluster a stack, reached over loopback with passwords only, durable."""

import contextlib
import os
import shutil
import signal
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from subprocess import DEVNULL

from vaultaris_stack.environment import DATABASE, DATABASE_OWNER
from vaultaris_stack.errors import StackError
from vaultaris_stack.logs import Logs, last_lines, log_path
from vaultaris_stack.parts.programs import postgres_programs
from vaultaris_stack.paths import DataDirectory, write_private
from vaultaris_stack.ports import LOOPBACK, Ports
from vaultaris_stack.privileges import Account, database_account
from vaultaris_stack.process import Process, spawn
from vaultaris_stack.secrets import Secrets

_ENVIRON = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}
_STATUS_LINE = 7  # of postmaster.pid, as pg_ctl reads it

_SETTINGS = {
    "listen_addresses": LOOPBACK,
    "unix_socket_directories": "",
    "max_connections": "200",
    "shared_buffers": "64MB",
    "synchronous_commit": "on",
    "password_encryption": "scram-sha-256",
    "log_checkpoints": "off",
    "log_line_prefix": "%m [%p] %u ",
}


@dataclass
class Postgres:
    """The database server of a stack."""

    data: DataDirectory
    ports: Ports
    secrets: Secrets
    logs: Logs
    name: str = "postgres"
    end_within: float = 30.0

    @property
    def port(self) -> int:
        """Its TCP port."""
        return self.ports["postgres"]

    async def launch(self) -> Process:
        """Makes the cluster on the first start, then starts the server on it."""
        account = database_account(self.data.postgres, postgres_programs() / "postgres")
        if not self.data.postgres.exists():
            await self._make_cluster(account)
        options = [f"--{name}={value}" for name, value in {**_SETTINGS, "port": str(self.port)}.items()]
        self.ports.release("postgres")
        return await self._run(account, "postgres", "-D", str(self.data.postgres), *options)

    async def is_ready(self) -> bool:
        """Reads the server's own status line, which says `ready` once it takes connections."""
        with contextlib.suppress(FileNotFoundError, IndexError):
            lines = (self.data.postgres / "postmaster.pid").read_text(encoding="utf-8").splitlines()
            return lines[_STATUS_LINE].strip() == "ready"
        return False

    async def ask_to_end(self, process: Process) -> None:
        """A fast shutdown: connections are closed, what was committed is on disk."""
        process.send(signal.SIGINT)

    async def _run(self, account: Account | None, program: str, *arguments: str, stdin: int = DEVNULL) -> Process:
        """Starts one of PostgreSQL's programs. It also ends cleanly when the supervisor dies."""
        return spawn(
            [str(postgres_programs() / program), *arguments],
            environ=_ENVIRON,
            output=await self.logs.pipe(self.name),
            account=account,
            death_signal=signal.SIGINT,
            stdin=stdin,
        )

    async def _make_cluster(self, account: Account | None) -> None:
        """Makes the cluster beside its place and moves it there when it is whole, so a half-made one never counts."""
        fresh = self.data.root / "postgres.new"
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(mode=0o700)
        if account is not None:
            account.give(fresh)
        with self._password_file(account) as password_file:
            await self._finish(await self._run(account, "initdb", *_cluster_options(fresh, password_file)))
        await self._make_database(account, fresh)
        fresh.rename(self.data.postgres)

    async def _make_database(self, account: Account | None, cluster: Path) -> None:
        """Makes the owner (no superuser, as in production) and its database, before anybody can connect."""
        statements = (
            f"CREATE ROLE {DATABASE_OWNER} LOGIN CREATEROLE PASSWORD '{self.secrets.database_owner_password}';\n"
            f"CREATE DATABASE {DATABASE} OWNER {DATABASE_OWNER};\n"
        )
        reading, writing = os.pipe()
        with os.fdopen(writing, "w", encoding="utf-8") as pipe:
            pipe.write(statements)
        try:
            process = await self._run(account, "postgres", "--single", "-D", str(cluster), "template1", stdin=reading)
        finally:
            os.close(reading)
        await self._finish(process)

    @contextlib.contextmanager
    def _password_file(self, account: Account | None) -> Iterator[Path]:
        """A file with the superuser's password for as long as initdb needs it."""
        path = self.data.root / "postgres.password"
        write_private(path, f"{self.secrets.database_admin_password}\n")
        try:
            if account is not None:
                account.give(path)
            yield path
        finally:
            path.unlink()

    async def _finish(self, process: Process) -> None:
        if await process.finish() != 0:
            tail = "\n".join(last_lines(log_path(self.data.logs, self.name), 5))
            raise StackError(f"The database cluster could not be made:\n{tail}")


def _cluster_options(folder: Path, password_file: Path) -> list[str]:
    """UTF-8 with PostgreSQL's own locale, so sorting never depends on the machine; no connection without password."""
    return [
        f"--pgdata={folder}",
        "--username=postgres",
        "--encoding=UTF8",
        "--locale-provider=builtin",
        "--builtin-locale=C.UTF-8",
        "--locale=C",
        "--auth=scram-sha-256",
        f"--pwfile={password_file}",
        "--no-instructions",
    ]
