"""How Valkey is reached: one server, or the primary that a group of sentinels agrees on.

``redis://`` and ``rediss://`` name a server. ``sentinel://user:password@one:26379,two:26379/name?db=0`` names sentinels
and the primary; user and password are the servers', ``sentinel_password`` in the query is the sentinels' own, and
``tls=true`` has both spoken to over TLS.
"""

from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.sentinel import Sentinel, SentinelConnectionPool
from redis.exceptions import RedisError

_PORT = 6379
_SENTINEL_PORT = 26_379
_SENTINEL_SECONDS = 0.5


@dataclass(frozen=True)
class Valkey:
    """A ``REDIS_URL``. ``service`` is the name of the primary among sentinels, empty for a single server."""

    hosts: tuple[tuple[str, int], ...]
    user: str
    password: str
    database: int
    tls: bool
    service: str
    sentinel_password: str

    async def primary(self) -> tuple[str, int]:
        """Where the server that takes writes is now. Raises ConnectionError when no sentinel knows."""
        if not self.service:
            return self.hosts[0]
        try:
            host, port = await self.sentinels().discover_master(self.service)
        except (RedisError, OSError) as fault:
            raise ConnectionError(str(fault)) from fault
        return str(host), int(port)

    def sentinels(self) -> Sentinel:
        """redis-py's view of them."""
        options: dict[str, Any] = {"socket_timeout": _SENTINEL_SECONDS, "socket_connect_timeout": _SENTINEL_SECONDS}
        if self.sentinel_password:
            options["password"] = self.sentinel_password
        found: Sentinel = Sentinel(list(self.hosts), sentinel_kwargs=options | {"ssl": self.tls})  # type: ignore[no-untyped-call]  # redis-py left it so
        return found

    def client(self, **pool: Any) -> Redis:
        """A client whose requests wait for a connection; ``pool`` as for :class:`BlockingConnectionPool`."""
        common = {"db": self.database, "username": self.user or None, "password": self.password or None, **pool}
        if self.service:
            pool_of_primary = _SentinelPool(self.service, self.sentinels(), ssl=self.tls, **common)  # type: ignore[no-untyped-call]  # the same
            return Redis.from_pool(pool_of_primary)
        host, port = self.hosts[0]
        scheme = "rediss" if self.tls else "redis"
        return Redis.from_pool(BlockingConnectionPool.from_url(f"{scheme}://", host=host, port=port, **common))


class _SentinelPool(SentinelConnectionPool, BlockingConnectionPool):
    """The primary's connections, waited for when all are in use."""


def parse_valkey(url: str) -> Valkey:
    """Raises ValueError for what is no address of Valkey."""
    parts = urlsplit(url)
    if parts.scheme not in {"redis", "rediss", "sentinel"}:
        raise ValueError("REDIS_URL begins with redis://, rediss:// or sentinel://")
    login, _, hosts = parts.netloc.rpartition("@")
    user, _, password = login.partition(":")
    query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    watched = parts.scheme == "sentinel"
    path = parts.path.strip("/")
    if watched and not path:
        raise ValueError("REDIS_URL: sentinel://host,host/NAME needs the primary's name")
    return Valkey(
        hosts=tuple(_host(each, _SENTINEL_PORT if watched else _PORT) for each in hosts.split(",")),
        user=unquote(user),
        password=unquote(password),
        database=int(query.get("db", "0") if watched else path or "0"),
        tls=parts.scheme == "rediss" or query.get("tls") == "true",
        service=path if watched else "",
        sentinel_password=query.get("sentinel_password", ""),
    )


def _host(text: str, usual_port: int) -> tuple[str, int]:
    parts = urlsplit(f"//{text}")
    if not parts.hostname:
        raise ValueError("REDIS_URL names no host")
    return parts.hostname, parts.port or usual_port
