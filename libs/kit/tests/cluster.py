"""A Valkey Cluster for tests: three primaries with a replica each, or more, as real programs on loopback."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from redis.asyncio import Redis
from redis.exceptions import RedisError

from libs.kit.tests.servers import VALKEY_PASSWORD, Program
from tests.eventually import eventually
from vaultaris_kit.valkey_cluster import SLOTS, slot_of
from vaultaris_stack.parts.programs import valkey_server
from vaultaris_stack.ports import LOOPBACK, free_port

PRIMARIES = 3


@dataclass
class ValkeyCluster:
    """Members 0 to 2 are primaries with a third of the slots each, 3 to 5 their replicas; ``joined`` come after."""

    folder: Path
    ports: list[int] = field(default_factory=list)
    servers: list[Program] = field(default_factory=list)
    _buses: list[int] = field(default_factory=list)

    @property
    def url(self) -> str:
        """Names two of the members: the others are to be found."""
        return f"redis+cluster://:{VALKEY_PASSWORD}@{LOOPBACK}:{self.ports[0]},{LOOPBACK}:{self.ports[1]}"

    async def start(self) -> None:
        for _ in range(2 * PRIMARIES):
            await self._serve()
        bounds = [SLOTS * number // PRIMARIES for number in range(PRIMARIES + 1)]
        for number in range(PRIMARIES):
            await self.ask(number, "CLUSTER ADDSLOTSRANGE", bounds[number], bounds[number + 1] - 1)
            await self.ask(number, "CLUSTER SET-CONFIG-EPOCH", number + 1)
        for number in range(1, 2 * PRIMARIES):
            await self._meet(number)
        for number in range(PRIMARIES):
            await self._follow(PRIMARIES + number, number)
        await eventually(self._is_whole, bool, within=40)

    async def join(self) -> int:
        """One more primary, without slots."""
        number = await self._serve()
        await self._meet(number)
        await eventually(self._is_whole, bool, within=40)
        return number

    async def move(self, slot: int, source: int, target: int, *, keys: bool = True) -> None:
        """Moves a slot key by key; with ``keys`` false it is left half way, with all keys still at the source."""
        from_id, to_id = await self.identity(source), await self.identity(target)
        await self.ask(target, "CLUSTER SETSLOT", slot, "IMPORTING", from_id)
        await self.ask(source, "CLUSTER SETSLOT", slot, "MIGRATING", to_id)
        if keys:
            await self.settle(slot, source, target)

    async def settle(self, slot: int, source: int, target: int) -> None:
        """The second half of a move."""
        async with self.client(source) as client:
            client.set_response_callback("CLUSTER GETKEYSINSLOT", _as_it_is)  # keys are bytes, not text
            keys: list[bytes] = await _execute(client, "CLUSTER GETKEYSINSLOT", slot, 1000)
        for key in keys:
            await self.ask(source, "MIGRATE", LOOPBACK, self.ports[target], key, 0, 5000, "AUTH", VALKEY_PASSWORD)
        to_id = await self.identity(target)
        for number in (target, source):
            await self.ask(number, "CLUSTER SETSLOT", slot, "NODE", to_id)

    def holder(self, key: bytes) -> int:
        """The primary that holds a key at first."""
        return slot_of(key) * PRIMARIES // SLOTS

    async def identity(self, number: int) -> str:
        return (await self.ask(number, "CLUSTER MYID")).decode()  # type: ignore[no-any-return]  # redis-py left it so

    async def ask(self, number: int, *words: Any) -> Any:
        async with self.client(number) as client:
            return await _execute(client, *words)

    @asynccontextmanager
    async def client(self, number: int) -> AsyncIterator["Redis"]:
        async with Redis(host=LOOPBACK, port=self.ports[number], password=VALKEY_PASSWORD) as client:
            yield client

    def stop(self) -> None:
        for server in self.servers:
            server.stop()

    async def _serve(self) -> int:
        number, port, bus = len(self.servers), free_port(), free_port()
        place = self.folder / str(number)
        place.mkdir()
        lines = [
            f"bind {LOOPBACK}", f"port {port}", f"dir {place}", 'save ""', "appendonly no",
            f"requirepass {VALKEY_PASSWORD}", f"masterauth {VALKEY_PASSWORD}",
            "cluster-enabled yes", f"cluster-port {bus}", "cluster-node-timeout 2000",
            "cluster-require-full-coverage no", "cluster-replica-validity-factor 0", "repl-diskless-sync-delay 0",
        ]  # fmt: skip
        config = place / "valkey.conf"
        config.write_text("\n".join([*lines, ""]))
        server = Program([str(valkey_server()), str(config)], place / "log")
        server.start()
        self.servers.append(server)
        self.ports.append(port)
        self._buses.append(bus)
        await eventually(lambda: self._answers(number), bool)
        return number

    async def _answers(self, number: int) -> bool:
        try:
            return bool(await self.ask(number, "PING"))
        except (RedisError, OSError):
            return False

    async def _meet(self, number: int) -> None:
        await self.ask(number, "CLUSTER MEET", LOOPBACK, self.ports[0], self._buses[0])

    async def _follow(self, replica: int, primary: int) -> None:
        identity = await self.identity(primary)

        async def followed() -> bool:
            try:
                await self.ask(replica, "CLUSTER REPLICATE", identity)
            except RedisError:  # it has not heard of the primary yet
                return False
            return True

        await eventually(followed, bool, within=20)

    async def _is_whole(self) -> bool:
        """Whether every member knows all others and every replica has its primary's data."""
        for number in range(len(self.servers)):
            async with self.client(number) as client:
                state: Any = await _execute(client, "CLUSTER INFO")
                replication: Any = await client.info("replication")
            if state["cluster_state"] != "ok" or int(state["cluster_known_nodes"]) != len(self.servers):
                return False
            if replication["role"] == "slave" and replication["master_link_status"] != "up":
                return False
        return True


async def _execute(client: "Redis", *words: Any) -> Any:
    return await client.execute_command(*words)  # type: ignore[no-untyped-call]  # redis-py left it so


def _as_it_is(response: Any, **_: Any) -> Any:
    return response
