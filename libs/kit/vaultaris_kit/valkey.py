"""How Valkey is reached: one server, the primary that a group of sentinels agrees on, or a cluster.

``redis://`` and ``rediss://`` name a server. ``sentinel://user:password@one:26379,two:26379/name?db=0`` names sentinels
and the primary; user and password are the servers', ``sentinel_password`` in the query is the sentinels' own, and
``tls=true`` has both spoken to over TLS. ``redis+cluster://user:password@one:6379,two:6379`` names some nodes of a
cluster (``valkey_cluster`` finds the others), ``rediss+cluster://`` has all of them spoken to over TLS.
"""

import ssl
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.sentinel import Sentinel, SentinelConnectionPool
from redis.exceptions import RedisError

_PORT = 6379
_SENTINEL_PORT = 26_379
_SENTINEL_SECONDS = 0.5
_SCHEMES = ("redis", "rediss", "sentinel", "redis+cluster", "rediss+cluster")


@dataclass(frozen=True)
class Valkey:
    """A ``REDIS_URL``. ``service`` is the name of the primary among sentinels, else empty.

    With ``cluster``, ``hosts`` are some of its nodes; :meth:`node` makes the address of each.
    """

    hosts: tuple[tuple[str, int], ...]
    user: str
    password: str
    database: int
    tls: bool
    service: str
    sentinel_password: str
    cluster: bool = False
    ca: str = ""
    """A PEM file of authorities for TLS; empty means the system's."""

    @property
    def tls_context(self) -> ssl.SSLContext | None:
        """With which a server is verified; None without TLS."""
        return ssl.create_default_context(cafile=self.ca or None) if self.tls else None

    @property
    def _tls_options(self) -> dict[str, Any]:
        """The same for redis-py."""
        return {"ssl_ca_certs": self.ca} if self.tls and self.ca else {}

    def node(self, host: str, port: int) -> "Valkey":
        """One node of the cluster, as a server."""
        return replace(self, hosts=((host, port),), cluster=False)

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
        found: Sentinel = Sentinel(list(self.hosts), sentinel_kwargs=options | {"ssl": self.tls} | self._tls_options)  # type: ignore[no-untyped-call]  # redis-py left it so
        return found

    def client(self, **pool: Any) -> Redis:
        """A client whose requests wait for a connection; ``pool`` as for :class:`BlockingConnectionPool`."""
        common = {"db": self.database, "username": self.user or None, "password": self.password or None}
        common |= pool | self._tls_options
        if self.service:
            pool_of_primary = _SentinelPool(self.service, self.sentinels(), ssl=self.tls, **common)  # type: ignore[no-untyped-call]  # the same
            return Redis.from_pool(pool_of_primary)
        host, port = self.hosts[0]
        scheme = "rediss" if self.tls else "redis"
        return Redis.from_pool(BlockingConnectionPool.from_url(f"{scheme}://", host=host, port=port, **common))


class _SentinelPool(SentinelConnectionPool, BlockingConnectionPool):
    """The primary's connections, waited for when all are in use."""


def parse_valkey(url: str, ca: str = "") -> Valkey:
    """``ca`` as in :class:`Valkey`. Raises ValueError for what is no address of Valkey."""
    parts = urlsplit(url)
    if parts.scheme not in _SCHEMES:
        raise ValueError(f"REDIS_URL begins with {', '.join(f'{each}://' for each in _SCHEMES)}")
    login, _, hosts = parts.netloc.rpartition("@")
    user, _, password = login.partition(":")
    query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    watched, cluster = parts.scheme == "sentinel", parts.scheme.endswith("+cluster")
    path = parts.path.strip("/")
    if watched and not path:
        raise ValueError("REDIS_URL: sentinel://host,host/NAME needs the primary's name")
    if cluster and path not in {"", "0"}:
        raise ValueError("REDIS_URL: a cluster has no database but 0")
    if not (watched or cluster) and "," in hosts:
        raise ValueError("REDIS_URL: several hosts are sentinels (sentinel://) or a cluster (redis+cluster://)")
    return Valkey(
        hosts=tuple(_host(each, _SENTINEL_PORT if watched else _PORT) for each in hosts.split(",")),
        user=unquote(user),
        password=unquote(password),
        database=int(query.get("db", "0") if watched else path or "0"),
        tls=parts.scheme.startswith("rediss") or query.get("tls") == "true",
        service=path if watched else "",
        sentinel_password=query.get("sentinel_password", ""),
        cluster=cluster,
        ca=ca,
    )


def _host(text: str, usual_port: int) -> tuple[str, int]:
    parts = urlsplit(f"//{text}")
    if not parts.hostname:
        raise ValueError("REDIS_URL names no host")
    return parts.hostname, parts.port or usual_port
