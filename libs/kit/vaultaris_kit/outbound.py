"""HTTP to addresses that a tenant can set, without becoming the tenant's way into our network (SSRF).

Every call resolves the host once, refuses it unless all its addresses are public, and connects to the very address
that was checked, so that a name can't change its meaning in between. Answers are bounded in size and time, and no
redirect is followed. TLS is compulsory; the certificate is verified against the name in the URL.

In DEV mode, plain http and loopback addresses are allowed as well. ``OUTBOUND_ALLOWED_NETWORKS`` opens networks of
one's own, such as that of an identity provider in the same house.
"""

import asyncio
import ipaddress
import re
import socket
import ssl
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal
from urllib.parse import SplitResult, urlsplit

import httpcore

from vaultaris_kit.errors import Invalid
from vaultaris_kit.settings import Settings

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Reason = Literal["refused", "unreachable", "timeout", "too_large", "redirected", "malformed"]

MAX_URL_CHARS: Final = 2048
_MAX_BYTES: Final = 256 * 1024
_CONNECT_SECONDS: Final = 3.0
_TOTAL_SECONDS: Final = 8.0
_CONNECTIONS: Final = 50
_PRINTABLE: Final = re.compile(r"[\x21-\x7e]+")
_NUMERIC: Final = re.compile(r"(0x[0-9a-f]*|[0-9]+)(\.(0x[0-9a-f]*|[0-9]+))*", re.IGNORECASE)
_LOOPBACK_NAMES: Final = ("localhost", "ip6-localhost", "ip6-loopback")

_GLOBAL_UNICAST: Final = ipaddress.IPv6Network("2000::/3")
_CARRIES_IPV4: Final = ipaddress.IPv6Network("64:ff9b::/96")
_NEVER_V6: Final = tuple(
    ipaddress.IPv6Network(each) for each in ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")
)
_NEVER_V4: Final = tuple(ipaddress.IPv4Network(each) for each in ("100.64.0.0/10", "192.0.0.0/24", "192.88.99.0/24"))


class OutboundFault(Exception):
    """A call that brought no answer. ``reason`` is for our caller; never tell a tenant more about our network."""

    def __init__(self, reason: Reason) -> None:
        self.reason: Reason = reason
        super().__init__(reason)


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back. ``headers`` by lower-case name, the last one of a name; ``body`` as it was sent."""

    status: int
    headers: Mapping[str, str]
    body: bytes


Resolver = Callable[[str, int], Awaitable[Sequence[str]]]
"""The addresses of a host name, as text."""


async def resolve(host: str, port: int) -> Sequence[str]:
    """Asks the system's resolver."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]).partition("%")[0] for entry in found))


@dataclass(frozen=True)
class Guard:
    """What may be called: public addresses, and what the operator has opened."""

    dev: bool = False
    allowed: Sequence[Network] = ()

    def allows(self, address: Address) -> bool:
        """Whether a connection to ``address`` may be made."""
        plain = _unmapped(address)
        if any(plain.version == network.version and plain in network for network in self.allowed):
            return True
        return is_public(plain) or (self.dev and plain.is_loopback)

    def problem_of(self, url: str) -> str | None:
        """Why ``url`` can't be stored for a later call; None when it can. Names are looked up at the call only."""
        if len(url) > MAX_URL_CHARS or _PRINTABLE.fullmatch(url) is None or "\\" in url:
            return f"Must be a printable ASCII address without spaces, of at most {MAX_URL_CHARS} characters."
        try:
            parts = urlsplit(url)
            host, _port = parts.hostname, parts.port
        except ValueError:
            return "Is not a well-formed address."
        if not host or "@" in parts.netloc or "#" in url:
            return "Must name a host, and hold neither user information nor a fragment."
        return self._problem_of_scheme(parts) or self._problem_of_host(host)

    def check(self, name: str, url: str) -> None:
        """Raises :class:`Invalid` for the field ``name`` when its URL can't be stored."""
        if problem := self.problem_of(url):
            raise Invalid.field(name, problem, "unsafe_url")

    def _problem_of_scheme(self, parts: SplitResult) -> str | None:
        if parts.scheme == "https" or (parts.scheme == "http" and self.dev):
            return None
        return "Must begin with https://."

    def _problem_of_host(self, host: str) -> str | None:
        literal = _literal(host)
        if literal is not None:
            return None if self.allows(literal) else "This address can't be called from here."
        if _NUMERIC.fullmatch(host.rstrip(".")):
            return "Is not a well-formed address."
        name = host.rstrip(".").lower()
        if not self.dev and (name in _LOOPBACK_NAMES or name.endswith(".localhost")):
            return "This address can't be called from here."
        return None


def is_public(address: Address) -> bool:
    """Whether anybody on the Internet can be reached there: no private, loopback, link-local or reserved address."""
    if isinstance(address, ipaddress.IPv6Address):
        if address in _CARRIES_IPV4:
            return is_public(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
        return address in _GLOBAL_UNICAST and not any(address in network for network in _NEVER_V6)
    special = address.is_multicast or address.is_reserved or address.is_unspecified
    return address.is_global and not special and not any(address in network for network in _NEVER_V4)


def _unmapped(address: Address) -> Address:
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return address if mapped is None else mapped


def _literal(host: str) -> Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


@dataclass(frozen=True)
class _CheckedBackend(httpcore.AsyncNetworkBackend):
    """Connects to checked addresses only. TLS goes by the name in the URL, which httpcore keeps."""

    guard: Guard
    resolver: Resolver
    network: httpcore.AsyncNetworkBackend = field(default_factory=httpcore.AnyIOBackend)

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        address = await self._checked(host, port)
        return await self.network.connect_tcp(address, port, timeout, local_address, socket_options)

    async def _checked(self, host: str, port: int) -> str:
        """The first address. One bad address spoils all: a name that points inside is up to no good."""
        try:
            addresses = [ipaddress.ip_address(each) for each in await self.resolver(host, port)]
        except (OSError, ValueError) as fault:  # UnicodeError, which odd names cause, is a ValueError
            raise httpcore.ConnectError(str(fault)) from fault
        if not addresses:
            raise httpcore.ConnectError("no address")
        if not all(self.guard.allows(each) for each in addresses):
            raise OutboundFault("refused")
        return str(addresses[0])


class Outbound:
    """Calls URLs that tenants set. One for a process; provide it as a part of the service."""

    def __init__(
        self,
        guard: Guard,
        *,
        resolver: Resolver = resolve,
        tls: ssl.SSLContext | None = None,
        max_bytes: int = _MAX_BYTES,
        total_seconds: float = _TOTAL_SECONDS,
    ) -> None:
        self.guard, self._max_bytes, self._total_seconds = guard, max_bytes, total_seconds
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=tls or ssl.create_default_context(),
            max_connections=_CONNECTIONS,
            max_keepalive_connections=0,  # each call checks anew
            network_backend=_CheckedBackend(guard, resolver),
        )

    @classmethod
    def configured(cls, settings: Settings) -> "Outbound":
        """As the environment says."""
        return cls(guard_of(settings))

    async def get(self, url: str, *, headers: Mapping[str, str] | None = None) -> Answer:
        """Raises :class:`OutboundFault`. Any status but a redirect is an answer."""
        return await self._call("GET", url, headers, None)

    async def post(self, url: str, *, content: bytes, headers: Mapping[str, str] | None = None) -> Answer:
        """Raises :class:`OutboundFault`. Any status but a redirect is an answer."""
        return await self._call("POST", url, headers, content)

    async def close(self) -> None:
        """Ends what is under way."""
        await self._pool.aclose()

    async def _call(self, method: str, url: str, headers: Mapping[str, str] | None, content: bytes | None) -> Answer:
        if self.guard.problem_of(url):
            raise OutboundFault("malformed")
        try:
            async with asyncio.timeout(self._total_seconds):
                return await self._exchange(method, url, headers, content)
        except (TimeoutError, httpcore.TimeoutException) as late:
            raise OutboundFault("timeout") from late
        except (httpcore.NetworkError, httpcore.ProtocolError, OSError) as fault:
            raise OutboundFault("unreachable") from fault

    async def _exchange(
        self, method: str, url: str, headers: Mapping[str, str] | None, content: bytes | None
    ) -> Answer:
        sent = list({"Accept-Encoding": "identity", "User-Agent": "Vaultaris", **(headers or {})}.items())
        waits = {"timeout": {"connect": _CONNECT_SECONDS, "pool": self._total_seconds}}
        async with self._pool.stream(method, url, headers=sent, content=content, extensions=waits) as response:
            if response.status in range(300, 400):
                raise OutboundFault("redirected")
            body = bytearray()
            async for chunk in response.aiter_stream():
                body += chunk
                if len(body) > self._max_bytes:
                    raise OutboundFault("too_large")
            named = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in response.headers}
            return Answer(response.status, named, bytes(body))


def guard_of(settings: Settings) -> Guard:
    """What this instance may call."""
    return Guard(settings.dev, tuple(ipaddress.ip_network(each) for each in settings.outbound_allowed_networks))
