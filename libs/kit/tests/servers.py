"""Stores in several pieces, for the tests of failover: real programs on loopback, each in a folder of its own."""

import asyncio
import contextlib
import json
import os
import shutil
import signal
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import asyncpg
from redis.asyncio import Redis
from redis.exceptions import RedisError

from tests.eventually import eventually
from vaultaris_stack.parts.programs import nats_server, postgres_programs, valkey_server
from vaultaris_stack.ports import LOOPBACK, free_port

VALKEY_PASSWORD = "valkey-password"
_FOLLOWED = "SELECT count(*) = 1 FROM pg_stat_replication WHERE replay_lsn >= pg_current_wal_lsn()"
_NOBODY: dict[str, Any] = {"user": "nobody", "group": "nogroup", "extra_groups": []}


@dataclass
class Program:
    """A program that may be killed and started again on the same port and folder."""

    command: list[str]
    log: Path
    as_nobody: bool = False
    _process: "subprocess.Popen[bytes] | None" = None

    def start(self) -> None:
        with self.log.open("ab") as output:
            account: dict[str, Any] = _NOBODY if self.as_nobody and os.geteuid() == 0 else {}
            self._process = subprocess.Popen(
                self.command,
                stdout=output,
                stderr=output,
                **account,
            )

    def kill(self) -> None:
        """As a crash would; PostgreSQL must not leave its children behind."""
        self._end(signal.SIGQUIT if self.as_nobody else signal.SIGKILL)

    def freeze(self) -> None:
        """It hangs, with all its children: connections are still taken, by the system, and nothing is answered."""
        self._signal_family(signal.SIGSTOP)

    def thaw(self) -> None:
        """It goes on where it was."""
        self._signal_family(signal.SIGCONT)

    def _signal_family(self, number: signal.Signals) -> None:
        assert self._process is not None
        signal_family(self._process.pid, number)

    def stop(self) -> None:
        self._end(signal.SIGTERM if not self.as_nobody else signal.SIGQUIT)

    def _end(self, number: signal.Signals) -> None:
        if self._process is not None:
            self._process.send_signal(number)
            self._process.wait(20)
            self._process = None


@dataclass
class NatsCluster:
    """Three servers with JetStream that know each other."""

    folder: Path
    ports: list[int] = field(default_factory=lambda: [free_port() for _ in range(3)])
    servers: list[Program] = field(default_factory=list)

    @property
    def urls(self) -> str:
        return ",".join(f"nats://{LOOPBACK}:{port}" for port in self.ports)

    def start(self) -> None:
        routes = [free_port() for _ in self.ports]
        for number, (port, route) in enumerate(zip(self.ports, routes, strict=True)):
            config = self.folder / f"{number}.conf"
            config.write_text(json.dumps(self._configuration(number, port, route, routes)))
            self.servers.append(Program([str(nats_server()), "-c", str(config)], self.folder / f"{number}.log"))
        for server in self.servers:
            server.start()

    def _configuration(self, number: int, port: int, route: int, routes: list[int]) -> dict[str, object]:
        return {
            "server_name": f"n{number}",
            "listen": f"{LOOPBACK}:{port}",
            "jetstream": {"store_dir": str(self.folder / f"store-{number}")},
            "cluster": {
                "name": "test",
                "listen": f"{LOOPBACK}:{route}",
                "routes": [f"nats-route://{LOOPBACK}:{each}" for each in routes],
            },
        }

    def stop(self) -> None:
        for server in self.servers:
            server.stop()


@dataclass
class ValkeyGroup:
    """A primary, its replica, and three sentinels that agree within a second."""

    folder: Path
    ports: list[int] = field(default_factory=lambda: [free_port() for _ in range(2)])
    watchers: list[int] = field(default_factory=lambda: [free_port() for _ in range(3)])
    servers: list[Program] = field(default_factory=list)

    @property
    def url(self) -> str:
        hosts = ",".join(f"{LOOPBACK}:{port}" for port in self.watchers)
        return f"sentinel://:{VALKEY_PASSWORD}@{hosts}/vaultaris?db=1"

    def start(self) -> None:
        common = ["bind " + LOOPBACK, 'save ""', f"requirepass {VALKEY_PASSWORD}", f"masterauth {VALKEY_PASSWORD}"]
        self._serve("primary", [*common, f"port {self.ports[0]}"])
        self._serve("replica", [*common, f"port {self.ports[1]}", f"replicaof {LOOPBACK} {self.ports[0]}"])
        for number, port in enumerate(self.watchers):
            watch = [
                f"monitor vaultaris {LOOPBACK} {self.ports[0]} 2",
                f"auth-pass vaultaris {VALKEY_PASSWORD}",
                "down-after-milliseconds vaultaris 1000",
                "failover-timeout vaultaris 5000",
            ]
            lines = [f"port {port}", "bind " + LOOPBACK, *(f"sentinel {line}" for line in watch)]
            self._serve(f"sentinel-{number}", lines, "--sentinel")

    async def is_whole(self) -> bool:
        """Whether every sentinel knows the replica and the others: before, nobody could be promoted."""
        for port in self.watchers:
            async with Redis(host=LOOPBACK, port=port) as sentinel:
                try:
                    masters: Any = await sentinel.sentinel_masters()
                except RedisError:
                    return False
            state = masters["vaultaris"]
            if (state["num-slaves"], state["num-other-sentinels"]) != (1, len(self.watchers) - 1):
                return False
        return True

    def _serve(self, name: str, lines: list[str], *options: str) -> None:
        place = self.folder / name
        place.mkdir()
        config = place / "valkey.conf"
        config.write_text("\n".join([*lines, f"dir {place}", ""]))
        server = Program([str(valkey_server()), str(config), *options], place / "log")
        server.start()
        self.servers.append(server)

    def stop(self) -> None:
        for server in self.servers:
            server.stop()


@dataclass
class PostgresPair:
    """A primary and the standby that follows it, without passwords."""

    folder: Path
    ports: list[int] = field(default_factory=lambda: [free_port() for _ in range(2)])
    servers: list[Program] = field(default_factory=list)

    @property
    def url(self) -> str:
        """The standby comes first, so that only its role can tell which one is meant."""
        return f"postgresql://postgres@{LOOPBACK}:{self.ports[1]},{LOOPBACK}:{self.ports[0]}/postgres"

    def start(self) -> None:
        self._make()
        source = ["-h", LOOPBACK, "-p", str(self.ports[0]), "-U", "postgres"]
        self._run("pg_basebackup", "-D", str(self._data(1)), *source, "-R", "--checkpoint=fast", "--no-sync")
        self._serve(1)
        self._until_ready(1)

    def _make(self) -> None:
        """The primary."""
        self._run("initdb", "-D", str(self._data(0)), "-U", "postgres", "--auth=trust", "--no-sync", "-E", "UTF8")
        self._serve(0)
        self._until_ready(0)

    def promote_standby(self) -> None:
        self._run("pg_ctl", "promote", "-D", str(self._data(1)))

    def until_followed(self) -> None:
        """Until the standby has all that was written."""
        loop = asyncio.new_event_loop()
        try:
            loop.run_until_complete(self.followed())
        finally:
            loop.close()

    async def followed(self) -> None:
        """The same within a running loop."""
        connection = await asyncpg.connect(host=LOOPBACK, port=self.ports[0], user="postgres", database="postgres")
        try:
            await eventually(lambda: connection.fetchval(_FOLLOWED), bool, within=20)
        finally:
            await connection.close()

    def stop(self) -> None:
        for server in self.servers:
            server.stop()

    def _data(self, number: int) -> Path:
        return self.folder / f"data-{number}"

    def _serve(self, number: int) -> None:
        options = {
            "port": self.ports[number],
            "listen_addresses": LOOPBACK,
            "unix_socket_directories": "",
            "fsync": "off",
        }
        words = [f"--{name}={value}" for name, value in options.items()]
        command = [str(postgres_programs() / "postgres"), "-D", str(self._data(number)), *words]
        server = Program(command, self.folder / f"{number}.log", as_nobody=True)
        server.start()
        self.servers.append(server)

    def _until_ready(self, number: int) -> None:
        self._run("pg_isready", "-h", LOOPBACK, "-p", str(self.ports[number]), "-t", "20", patience=20)

    def _run(self, program: str, *arguments: str, patience: int = 1) -> None:
        account: dict[str, Any] = _NOBODY if os.geteuid() == 0 else {}
        command = [str(postgres_programs() / program), *arguments]
        for _ in range(patience * 10):
            done = subprocess.run(
                command,
                capture_output=True,
                check=False,
                **account,
            )
            if done.returncode == 0:
                return
        raise AssertionError(done.stderr.decode())


@dataclass
class PostgresAlone(PostgresPair):
    """A primary without a standby."""

    @property
    def url(self) -> str:
        return f"postgresql://postgres@{LOOPBACK}:{self.ports[0]}/postgres"

    @property
    def server(self) -> Program:
        return self.servers[0]

    def start(self) -> None:
        self._make()


def signal_family(pid: int, number: signal.Signals) -> None:
    """To a process, and then to its children, of which a stopped one makes no more."""
    os.kill(pid, number)
    for child in Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split():
        with contextlib.suppress(ProcessLookupError):  # it had ended before
            os.kill(int(child), number)


def reachable(folder: Path) -> Path:
    """PostgreSQL does not run as root: its user must be able to walk here, and to write."""
    for each in (folder, *folder.parents):
        if each.name.startswith(("pytest-", "popen-")):
            each.chmod(0o755)
    if os.geteuid() == 0:
        shutil.chown(folder, "nobody", "nogroup")
    return folder
